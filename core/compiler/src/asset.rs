//! Which files are shipped as they are, and their MIME types.
use crate::path;

/// The MIME type of a file that is shipped as it is; `None` for everything else (sources, documents, tool files).
pub(crate) fn mime(file: &str) -> Option<&'static str> {
    Some(match path::extension(file).as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "bmp" => "image/bmp",
        "ico" => "image/x-icon",
        "svg" => "image/svg+xml",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "aac" => "audio/aac",
        "wav" => "audio/wav",
        "ogg" => "audio/ogg",
        "silk" => "audio/silk",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "json" | "geojson" => "application/json",
        "txt" | "csv" | "cer" | "pem" => "text/plain",
        "wasm" => "application/wasm",
        "br" | "bin" | "glb" | "gltf" | "ktx2" | "data" => "application/octet-stream",
        _ => return None,
    })
}

/// Whether the file is compiled rather than shipped.
pub(crate) fn is_source(file: &str) -> bool {
    let extension = path::extension(file);
    matches!(
        extension.as_str(),
        "js" | "ts" | "cjs" | "mjs" | "wxml" | "wxss" | "wxs" | "less" | "scss" | "sass"
    ) && !file.ends_with(".d.ts")
}
