//! What a scanned code means, and where it may lead (DESIGN 9, issue 6).
//!
//! Four kinds: a merchant's code in EMVCo's form, an order's code, a program's code, and an ordinary link that a program
//! has claimed. A code leads where the operator's list says, or nowhere: nothing in it names a page by itself.
mod emv;
mod link;
mod route;

pub use emv::{Emv, EmvError, Object};
pub use link::{LinkRule, LinkRuleError};
pub use route::{Payee, Routes, Scanned, Target, classify, order_code, program_code};
