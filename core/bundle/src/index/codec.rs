//! Between an [`Index`] and its JSON, field by field: every key is known and none is missing.
use super::{Domains, FileEntry, Index, IndexError, Package, Rule, Version};
use crate::Digest;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(super) fn encode(index: &Index) -> Value {
    json!({
        "format": index.format,
        "app": index.app,
        "version": { "name": index.version.name, "code": index.version.code },
        "runtime": { "min": index.runtime_min },
        "pages": index.pages,
        "packages": index.packages.iter().map(encode_package).collect::<Vec<_>>(),
        "scopes": index.scopes,
        "domains": encode_domains(&index.domains),
        "plugins": index.plugins,
        "prefetch": index.prefetch,
        "w3c": index.w3c,
    })
}

fn encode_package(package: &Package) -> Value {
    let file = |file: &FileEntry| json!([file.path, file.length, file.digest.to_hex(), file.mime]);
    json!({
        "name": package.name,
        "root": package.root,
        "independent": package.independent,
        "files": package.files.iter().map(file).collect::<Vec<_>>(),
        "stream": { "length": package.stream_length, "sha256": package.stream_digest.to_hex() },
    })
}

/// A list that the author did not give has no key.
fn encode_domains(domains: &Domains) -> Value {
    let lists = [
        ("request", &domains.request),
        ("socket", &domains.socket),
        ("upload", &domains.upload),
        ("download", &domains.download),
        ("image", &domains.image),
        ("media", &domains.media),
        ("webview", &domains.webview),
    ];
    lists.into_iter().filter_map(|(key, list)| Some((key.to_owned(), json!(list.as_ref()?)))).collect()
}

pub(super) fn decode(value: Value) -> Result<Index, IndexError> {
    let mut fields = Fields::open(value, "index")?;
    // First, so that an index of a later format is refused for that and not for its new keys.
    let format = fields.integer("format")?;
    if format != u64::from(super::FORMAT) {
        return Err(IndexError::new(Rule::Format, format!("format {format}")));
    }
    let index = Index {
        format: super::FORMAT,
        app: fields.text("app")?,
        version: fields.object("version", |version| {
            Ok(Version { name: version.text("name")?, code: version.integer("code")? })
        })?,
        runtime_min: fields.object("runtime", |runtime| runtime.text("min"))?,
        pages: fields.texts("pages")?,
        packages: fields.list("packages", decode_package)?,
        scopes: fields.texts("scopes")?,
        domains: fields.object("domains", decode_domains)?,
        plugins: fields.map("plugins")?,
        prefetch: fields.map("prefetch")?,
        w3c: fields.map("w3c")?,
    };
    fields.close()?;
    Ok(index)
}

fn decode_package(value: Value, place: &str) -> Result<Package, IndexError> {
    let mut fields = Fields::open(value, place)?;
    let (stream_length, stream_digest) = fields.object("stream", |stream| {
        let length = stream.integer("length")?;
        Ok((length, digest(stream.take("sha256")?, &stream.at("sha256"))?))
    })?;
    let package = Package {
        name: fields.text("name")?,
        root: fields.text("root")?,
        independent: fields.flag("independent")?,
        files: fields.list("files", decode_file)?,
        stream_length,
        stream_digest,
    };
    fields.close()?;
    Ok(package)
}

fn decode_file(value: Value, place: &str) -> Result<FileEntry, IndexError> {
    let parts = array(value, place)?;
    let [path, length, sha256, mime] =
        <[Value; 4]>::try_from(parts).map_err(|_| IndexError::new(Rule::Type, place))?;
    Ok(FileEntry {
        path: text(path, place)?,
        length: integer(&length, place)?,
        digest: digest(sha256, place)?,
        mime: text(mime, place)?,
    })
}

fn decode_domains(fields: &mut Fields<'_>) -> Result<Domains, IndexError> {
    Ok(Domains {
        request: fields.texts_if_there("request")?,
        socket: fields.texts_if_there("socket")?,
        upload: fields.texts_if_there("upload")?,
        download: fields.texts_if_there("download")?,
        image: fields.texts_if_there("image")?,
        media: fields.texts_if_there("media")?,
        webview: fields.texts_if_there("webview")?,
    })
}

/// The keys of one object, taken out one by one; `close` refuses what is left.
struct Fields<'a> {
    map: Map<String, Value>,
    place: &'a str,
}

impl<'a> Fields<'a> {
    fn open(value: Value, place: &'a str) -> Result<Self, IndexError> {
        match value {
            Value::Object(map) => Ok(Self { map, place }),
            _ => Err(IndexError::new(Rule::Type, place)),
        }
    }

    fn close(self) -> Result<(), IndexError> {
        match self.map.keys().next() {
            Some(key) => Err(IndexError::new(Rule::UnknownKey, self.at(key))),
            None => Ok(()),
        }
    }

    fn at(&self, key: &str) -> String {
        format!("{}.{key}", self.place)
    }

    fn take(&mut self, key: &str) -> Result<Value, IndexError> {
        self.map.remove(key).ok_or_else(|| IndexError::new(Rule::MissingKey, self.at(key)))
    }

    fn text(&mut self, key: &str) -> Result<String, IndexError> {
        text(self.take(key)?, &self.at(key))
    }

    fn integer(&mut self, key: &str) -> Result<u64, IndexError> {
        integer(&self.take(key)?, &self.at(key))
    }

    fn flag(&mut self, key: &str) -> Result<bool, IndexError> {
        self.take(key)?.as_bool().ok_or_else(|| IndexError::new(Rule::Type, self.at(key)))
    }

    fn map(&mut self, key: &str) -> Result<BTreeMap<String, Value>, IndexError> {
        let value = self.take(key)?;
        Ok(Fields::open(value, &self.at(key))?.map.into_iter().collect())
    }

    fn texts(&mut self, key: &str) -> Result<Vec<String>, IndexError> {
        self.list(key, text)
    }

    fn texts_if_there(&mut self, key: &str) -> Result<Option<Vec<String>>, IndexError> {
        if self.map.contains_key(key) { self.texts(key).map(Some) } else { Ok(None) }
    }

    fn list<T>(
        &mut self,
        key: &str,
        item: impl Fn(Value, &str) -> Result<T, IndexError>,
    ) -> Result<Vec<T>, IndexError> {
        let place = self.at(key);
        let items = array(self.take(key)?, &place)?;
        items.into_iter().enumerate().map(|(at, value)| item(value, &format!("{place}[{at}]"))).collect()
    }

    fn object<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&mut Fields<'_>) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        let place = self.at(key);
        let mut fields = Fields::open(self.take(key)?, &place)?;
        let value = read(&mut fields)?;
        fields.close()?;
        Ok(value)
    }
}

fn text(value: Value, place: &str) -> Result<String, IndexError> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(IndexError::new(Rule::Type, place)),
    }
}

fn array(value: Value, place: &str) -> Result<Vec<Value>, IndexError> {
    match value {
        Value::Array(items) => Ok(items),
        _ => Err(IndexError::new(Rule::Type, place)),
    }
}

fn integer(value: &Value, place: &str) -> Result<u64, IndexError> {
    value.as_u64().ok_or_else(|| IndexError::new(Rule::Type, place))
}

fn digest(value: Value, place: &str) -> Result<Digest, IndexError> {
    Digest::from_hex(&text(value, place)?).ok_or_else(|| IndexError::new(Rule::Digest, place))
}
