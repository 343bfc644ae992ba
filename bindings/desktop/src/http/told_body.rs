//! A request's body in pieces, whose going out an observer is told of.
use hyper::body::{Body, Bytes, Frame, SizeHint};
use lodger_engine::HttpObserver;
use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

/// Bytes handed to the connection at once: it takes the next piece when there is room for it.
const PIECE: usize = 64 << 10;

struct Told {
    left: Bytes,
    observer: Arc<dyn HttpObserver>,
}

/// A body of known length.
pub(super) fn told(bytes: Vec<u8>, observer: Arc<dyn HttpObserver>) -> reqwest::Body {
    reqwest::Body::wrap(Told { left: bytes.into(), observer })
}

impl Body for Told {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.left.len().min(PIECE);
        let piece = self.left.split_to(length);
        self.observer.sent(length as u64);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}
