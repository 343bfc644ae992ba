//! `multipart/form-data` (RFC 7578), as browsers write it: one file, and fields before it.
use crate::{LodgerError, files, vault};
use serde_json::{Map, Value};

/// A form, ready to be sent.
pub(super) struct Form {
    pub mime: String,
    pub body: Vec<u8>,
}

/// `path` gives the file's name and type.
pub(super) fn encode(
    fields: Option<&Map<String, Value>>,
    name: &str,
    path: &str,
    bytes: &[u8],
) -> Result<Form, LodgerError> {
    // 128 random bits: no content can hold it by intent or by chance.
    let boundary = format!("----LodgerForm{}", vault::random_token()?);
    let mut body = Vec::with_capacity(bytes.len() + 1_024);
    for (field, value) in fields.into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let head =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n", quoted(field));
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    let file = path.rsplit('/').next().unwrap_or("");
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
        quoted(name),
        quoted(file),
        files::mime_of(file)
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    Ok(Form { mime: format!("multipart/form-data; boundary={boundary}"), body })
}

/// A name inside quotes, escaped as HTML says (4.10.21.8): nothing in it ends the header.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_cannot_leave_their_header() {
        let fields = json!({ "a\"\r\nX: y": "1\r\n", "n": 3 });
        let form = encode(fields.as_object(), "f\"", "wxfile://usr/a\".png", b"\x00\xff").expect("random");
        let boundary = form.mime.split_once("boundary=").expect("named").1;
        let text = String::from_utf8_lossy(&form.body).replace(boundary, "B");
        assert_eq!(
            text,
            "--B\r\nContent-Disposition: form-data; name=\"a%22%0D%0AX: y\"\r\n\r\n1\r\n\r\n\
             --B\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n3\r\n\
             --B\r\nContent-Disposition: form-data; name=\"f%22\"; filename=\"a%22.png\"\r\n\
             Content-Type: image/png\r\n\r\n\u{0}\u{fffd}\r\n--B--\r\n"
        );
    }
}
