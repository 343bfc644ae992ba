//! `FileSystemManager` on the bridge: arguments read, the operation done, failures put into WeChat's words.
//!
//! One table, `carry_out`, from the method's name to its operation. Bytes come as `blob` (token of `blobPut`) or, if
//! there are few, as `data` in base64, and go the same two ways.
use super::{Fault, Files, operations::DigestKind};
use crate::{bridge::Answer, session::Inner};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

/// What all names on the bridge begin with, but for the base library's own.
const OBJECT: &str = "FileSystemManager.";
/// Longer contents go to the page as a blob.
const MAX_INLINE: usize = 64 << 10;
/// What one `readFile` gives at most; blobs end there too.
const MAX_READ: u64 = 64 << 20;

type Args = Map<String, Value>;

/// What an operation gives.
enum Given {
    Nothing,
    Json(Value),
    Bytes(Vec<u8>),
}

/// Does one call; None if `name` is none of the file system's. Blocks on the disk.
pub(crate) fn call(inner: &Inner, generation: u64, api: &str, name: &str, args: &Args) -> Option<Answer> {
    let method = match name {
        "tempFilePut" => name,
        _ => name.strip_prefix(OBJECT)?,
    };
    let call = Call { inner, files: &inner.files, generation, args };
    Some(match call.carry_out(method) {
        Ok(Given::Nothing) => Answer::empty(),
        Ok(Given::Json(ok)) => Answer::Ok(ok),
        Ok(Given::Bytes(bytes)) if bytes.len() <= MAX_INLINE => {
            Answer::Ok(json!({ "data": STANDARD.encode(bytes) }))
        }
        Ok(Given::Bytes(bytes)) => match inner.offer_blob(generation, bytes) {
            Ok(token) => Answer::Ok(json!({ "blob": token })),
            Err(error) => Answer::fail(api, error),
        },
        Err(fault) => {
            let answer = Answer::fail(api, call.explain(method, &fault));
            match fault.errno() {
                Some(number) => answer.with_errno(number),
                None => answer,
            }
        }
    })
}

struct Call<'a> {
    inner: &'a Inner,
    files: &'a Files,
    generation: u64,
    args: &'a Args,
}

impl Call<'_> {
    fn carry_out(&self, method: &str) -> Result<Given, Fault> {
        let files = self.files;
        let path = || self.text("path");
        let file = || self.text("filePath");
        let folder = || self.text("dirPath");
        match method {
            "tempFilePut" => {
                let kind = self.args.get("extension").and_then(Value::as_str).unwrap_or("");
                Ok(Given::Json(json!({ "path": files.put_temporary(&self.bytes()?, kind)? })))
            }
            "access" => files.entry(path()?).map(|_| Given::Nothing),
            "appendFile" => done(files.append_file(file()?, &self.bytes()?)),
            "close" => done(files.close_file(self.descriptor()?)),
            "copyFile" => done(files.copy_file(self.text("srcPath")?, self.text("destPath")?)),
            "fstat" => Ok(Given::Json(json!({ "stats": files.stat_open(self.descriptor()?)? }))),
            "ftruncate" => done(files.truncate_open(self.descriptor()?, self.count("length")?.unwrap_or(0))),
            "getFileInfo" => {
                let kind = match self.args.get("digestAlgorithm").and_then(Value::as_str) {
                    None | Some("md5") => DigestKind::Md5,
                    Some("sha1") => DigestKind::Sha1,
                    Some("sha256") => DigestKind::Sha256,
                    Some(_) => return Err(Fault::Invalid("digestAlgorithm is md5, sha1 or sha256")),
                };
                let (size, digest) = files.file_info(file()?, kind)?;
                Ok(Given::Json(json!({ "size": size, "digest": digest })))
            }
            "getSavedFileList" => Ok(Given::Json(json!({ "fileList": files.saved_files()? }))),
            "mkdir" => done(files.make_directory(folder()?, self.flag("recursive"))),
            "open" => {
                let flag = self.args.get("flag").and_then(Value::as_str).unwrap_or("r");
                Ok(Given::Json(json!({ "fd": files.open_file(file()?, flag)?.to_string() })))
            }
            "read" => {
                let length = self.count("length")?.unwrap_or(0).min(MAX_READ);
                files.read_open(self.descriptor()?, self.count("position")?, length).map(Given::Bytes)
            }
            "readFile" => {
                let (position, length) = (self.count("position")?, self.count("length")?);
                files.read_file(file()?, position, length, MAX_READ).map(Given::Bytes)
            }
            "readdir" => Ok(Given::Json(json!({ "files": files.read_directory(folder()?)? }))),
            "removeSavedFile" => done(files.remove_saved(file()?)),
            "rename" => done(files.rename(self.text("oldPath")?, self.text("newPath")?)),
            "rmdir" => done(files.remove_directory(folder()?, self.flag("recursive"))),
            "saveFile" => {
                let target = self.args.get("filePath").and_then(Value::as_str);
                let saved = files.save_file(self.text("tempFilePath")?, target)?;
                Ok(Given::Json(json!({ "savedFilePath": saved })))
            }
            "stat" => Ok(Given::Json(json!({ "stats": files.stat(path()?, self.flag("recursive"))? }))),
            "truncate" => done(files.truncate_file(file()?, self.count("length")?.unwrap_or(0))),
            "unlink" => done(files.unlink(file()?)),
            "write" => {
                let bytes = self.bytes()?;
                files.write_open(self.descriptor()?, self.count("position")?, &bytes)?;
                Ok(Given::Json(json!({ "bytesWritten": bytes.len() })))
            }
            "writeFile" => done(files.write_file(file()?, &self.bytes()?)),
            // A row without code; tests/engine/permissions.rs calls every row, so there is none.
            _ => Err(Fault::Invalid("not supported")),
        }
    }

    fn text(&self, name: &'static str) -> Result<&str, Fault> {
        self.args.get(name).and_then(Value::as_str).ok_or(Fault::Invalid("a path should be String"))
    }

    fn flag(&self, name: &str) -> bool {
        self.args.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A number of bytes; None if it was not given.
    fn count(&self, name: &str) -> Result<Option<u64>, Fault> {
        match self.args.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or(match name {
                "length" => Fault::LengthRange,
                _ => Fault::PositionRange,
            }),
        }
    }

    fn descriptor(&self) -> Result<u64, Fault> {
        let number = self.args.get("fd").and_then(Value::as_str).and_then(|fd| fd.parse().ok());
        number.ok_or(Fault::BadDescriptor)
    }

    fn bytes(&self) -> Result<Vec<u8>, Fault> {
        let text = |name: &str| self.args.get(name).and_then(Value::as_str);
        if let Some(token) = text("blob") {
            let mut state = self.inner.state();
            let blob =
                state.document_of(self.generation).and_then(|document| document.blobs.take_incoming(token));
            return blob.ok_or(Fault::Invalid("the data has not arrived"));
        }
        let data = text("data").and_then(|data| STANDARD.decode(data).ok());
        data.ok_or(Fault::Invalid("data is not base64"))
    }

    /// WeChat's sentence, which names the paths after the reason, in a form of each function's own.
    fn explain(&self, method: &str, fault: &Fault) -> String {
        let text = |name: &str| self.args.get(name).and_then(Value::as_str).unwrap_or("");
        let path =
            ["filePath", "dirPath", "path"].iter().map(|name| text(name)).find(|path| !path.is_empty());
        match (method, fault) {
            // Says nothing about a path.
            (_, Fault::Closed | Fault::Store(_) | Fault::Database(_) | Fault::Full | Fault::NotEmpty)
            | (_, Fault::BadDescriptor | Fault::Invalid(_) | Fault::Flag | Fault::TooManyOpen)
            | (_, Fault::LengthRange | Fault::PositionRange | Fault::NoTemporary | Fault::NoFile) => {
                fault.to_string()
            }
            ("getFileInfo" | "removeSavedFile", Fault::NotFound) => Fault::NoFile.to_string(),
            ("copyFile", _) => format!("{fault}, copyFile {} -> {}", text("srcPath"), text("destPath")),
            ("rename", _) => format!("{fault}, rename {} -> {}", text("oldPath"), text("newPath")),
            ("unlink", Fault::NotPermitted) => format!("{fault}, unlink {}", path.unwrap_or_default()),
            ("readFile" | "writeFile" | "appendFile" | "open" | "truncate", _) | (_, Fault::Denied) => {
                format!("{fault}, open {}", path.unwrap_or_default())
            }
            _ => format!("{fault} {}", path.unwrap_or_default()),
        }
    }
}

fn done(outcome: Result<(), Fault>) -> Result<Given, Fault> {
    outcome.map(|()| Given::Nothing)
}
