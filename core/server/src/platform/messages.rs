//! Messages from back ends to users, and from users to customer service.

mod callback;
mod crypt;
mod inbox;
mod service;
mod subscriptions;
mod templates;
mod window;

pub use callback::{Callback, Format, Mode};
pub use crypt::{Envelope, signature};
pub use inbox::{Inbox, InboxRequest, Message};
pub use service::ChatRequest;
pub use subscriptions::Send;
pub use templates::{Template, TemplateKey};
pub use window::Windows;
