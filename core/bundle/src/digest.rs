//! SHA-256 digests.

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Digest([u8; 32]);

impl Digest {
    pub fn of(bytes: &[u8]) -> Self {
        todo!()
    }
    pub fn from_hex(text: &str) -> Option<Self> {
        todo!()
    }
    pub fn to_hex(&self) -> String {
        todo!()
    }
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
