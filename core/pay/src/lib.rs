//! Payment on the device, and what both ends of it must read alike (DESIGN 9, `core/docs/payment.md`).
//!
//! A page calls `wx.requestPayment`; the money moves only if
//!
//! - [`order`]: an order signed by the operator fits the page's program, the user and the merchant's own signature; the
//!   host's [`order::Sheet`] shows its signed fields and nothing else;
//! - [`confirmation`]: the device's pay key signs what the user saw, over the very bytes that are sent;
//! - [`journal`]: these bytes are on disk before they are sent, and are sent again, never made again, until the outcome
//!   is known.
//!
//! Under them: [`jws`] (signed JSON), [`canonical`] (JSON in one spelling), [`wechatpay`] (the signatures of WeChat Pay's
//! API, which merchants' back ends make and check). Beside them: [`qr`], what a scanned code means and where it may lead.
//!
//! The crate knows no platform, no clock, no HTTP client and no database: time is an argument, [`journal::Store`] and
//! [`wechatpay::NonceStore`] are what it is given, and keys sign elsewhere. A server uses the same types.
mod base64url;
mod json;
mod random;

pub mod canonical;
pub mod confirmation;
pub mod journal;
pub mod jws;
pub mod order;
pub mod qr;
pub mod wechatpay;
