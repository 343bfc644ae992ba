//! The files that belong to the repository, and which of them are generated.

use crate::process::{Run, Trouble, root};
use std::io::Write;
use std::process::{Command, Stdio};

/// Paths from the root, `/` between folders, sorted: what git keeps or would keep.
pub fn tracked() -> Result<Vec<String>, Trouble> {
    let listed = Run::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"])
        .quiet()
        .output()?;
    let mut paths: Vec<String> =
        listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    paths.retain(|path| root().join(path).is_file());
    paths.sort();
    Ok(paths)
}

/// Of `paths`, those marked generated in `.gitattributes`: written by a tool, so no rule of style is for them.
pub fn generated(paths: &[String]) -> Result<Vec<String>, Trouble> {
    let trouble = |error: std::io::Error| Trouble::Failed(format!("git check-attr failed: {error}"));
    let mut child = Command::new("git")
        .args(["check-attr", "-z", "--stdin", "linguist-generated"])
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(trouble)?;
    let mut stdin = child.stdin.take().expect("stdin was asked for");
    let input = paths.join("\0");
    // On a thread of its own: git answers while it reads, and a full pipe would stop both.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(trouble)?;
    writer.join().expect("the writer does not panic").map_err(trouble)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let fields: Vec<&str> = text.split('\0').collect();
    let set = |value: &str| value == "set" || value == "true";
    Ok(fields.chunks_exact(3).filter(|row| set(row[2])).map(|row| row[0].to_owned()).collect())
}
