//! Why an index is refused: one named rule, and what broke it.
use std::fmt;

/// Names each rule once: the variant, its stable name, what went wrong and what to do.
macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $name:literal: $text:literal;)*) => {
        /// A rule that every index keeps (DESIGN 5). Names are stable: tools and tests may rely on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Rule { $($(#[$doc])* $variant,)* }

        impl Rule {
            /// The stable name, such as `path-segment`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

rules! {
    /// The bytes are one JSON value in UTF-8.
    Json = "json": "not valid JSON in UTF-8; build the bundle again";
    /// The bytes are within the limit.
    IndexSize = "index-size": "the index is larger than the limit; ship fewer files";
    /// Values nest no deeper than 32.
    Depth = "depth": "nested too deeply; flatten it";
    /// A key stands once in its object.
    DuplicateKey = "duplicate-key": "the key stands twice; keep one";
    /// Only keys that this format knows.
    UnknownKey = "unknown-key": "this format has no such key; remove it or update Lodger";
    /// Every key that the format asks for.
    MissingKey = "missing-key": "the key is missing; build the bundle again";
    /// Each value has its type.
    Type = "type": "the value has the wrong type; build the bundle again";
    /// Numbers are integers of at most 53 bits.
    Integer = "integer": "only integers up to 2^53 - 1 are allowed; use a string";
    /// The bytes are the canonical ones (RFC 8785).
    Canonical = "canonical": "the bytes are not in canonical form (RFC 8785); build the bundle again";
    /// A format that this version reads.
    Format = "format": "unknown format; update Lodger";
    /// App ids are `[A-Za-z0-9_.-]{1,64}`.
    AppId = "app-id": "an app id has 1 to 64 of A-Z a-z 0-9 _ . -; choose another";
    /// App ids in one store differ in more than case.
    AppCase = "app-case": "another app's id differs only in case; choose another";
    /// Version names and texts are short and printable.
    Text = "text": "must be printable, not empty and not over-long; shorten it";
    /// The runtime version is one to three numbers with dots.
    Runtime = "runtime": "a runtime version is one to three numbers with dots, such as 1.2; correct it";
    /// Paths have 1 to 512 bytes.
    PathLength = "path-length": "a path has 1 to 512 bytes; rename it";
    /// Paths are relative, without empty, `.` or `..` segments.
    PathSegment = "path-segment": "a path is relative and has no empty, . or .. segment; rename it";
    /// Paths have no NUL and no backslash.
    PathCharacter = "path-character": "a path has no NUL and no backslash; rename it";
    /// Paths are in Unicode's normal form C.
    PathNfc = "path-nfc": "a path is in Unicode normal form C; rename it";
    /// Paths differ in more than case.
    PathUnique = "path-unique": "two files have this path, or differ only in case; rename one";
    /// Files of a package are ordered by the bytes of their paths.
    FileOrder = "file-order": "files are ordered by the bytes of their paths; build the bundle again";
    /// A file stands in the package with the longest root above it.
    FileOwner = "file-owner": "the file lies under another package's root; list it there";
    /// Digests are 64 lower-case hex digits.
    Digest = "digest": "a digest is 64 lower-case hex digits; build the bundle again";
    /// One digest has one length.
    BlobLength = "blob-length": "the same digest stands with two lengths; build the bundle again";
    /// MIME types are `type/subtype` in printable ASCII.
    Mime = "mime": "a MIME type is type/subtype in printable ASCII; correct it";
    /// The first package is `main` with the root "".
    MainPackage = "main-package": "the first package is main, with an empty root; add it";
    /// Package names and roots are unique.
    PackageUnique = "package-unique": "another package has this name or root; rename one";
    /// A stream is as long as its files together.
    StreamLength = "stream-length": "a stream is as long as its files together; build the bundle again";
    /// A stream has the digest of its blobs.
    StreamDigest = "stream-digest": "the stream's digest is not that of its blobs; build the bundle again";
    /// There is a page, and each stands once.
    Pages = "pages": "there is at least one page, and each stands once; correct app.json";
    /// Scopes are names, each once.
    Scopes = "scopes": "a scope is a name of A-Z a-z 0-9 _ . - and stands once; correct it";
    /// Number of packages.
    PackageCount = "package-count": "more packages than the limit; merge some";
    /// Number of files.
    FileCount = "file-count": "more files than the limit; ship fewer";
    /// Bytes of one package.
    PackageSize = "package-size": "larger than the limit for a package; move files to a subpackage or a server";
    /// Bytes of all packages.
    TotalSize = "total-size": "larger than the limit for a bundle; move files to a server";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An index that breaks a rule: which one, and what broke it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("index refused: {subject}: {} (rule {rule})", rule.text())]
pub struct IndexError {
    rule: Rule,
    subject: String,
}

impl IndexError {
    /// `subject` may be untrusted: it is escaped and cut to a readable length.
    pub(crate) fn new(rule: Rule, subject: impl AsRef<str>) -> Self {
        const LONGEST: usize = 200;
        let mut text: String = subject.as_ref().chars().take(LONGEST).flat_map(char::escape_debug).collect();
        if subject.as_ref().chars().nth(LONGEST).is_some() {
            text.push('…');
        }
        Self { rule, subject: text }
    }

    /// The rule that was broken.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// What broke it: a path, or a place in the index such as `packages[1].files[3]`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }
}
