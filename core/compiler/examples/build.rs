//! Compiles a project folder: `cargo run -p lodger-compiler --example build -- PROJECT OUT [--release]`.
use lodger_compiler::{Options, compile};
use std::{fs, path::Path, process::ExitCode, time::Instant};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [project, out, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: build PROJECT OUT [--release]");
        return ExitCode::from(2);
    };
    let start = Instant::now();
    let development = !rest.iter().any(|argument| argument == "--release");
    let output = compile(Path::new(project), &Options { development, ..Options::default() });
    let elapsed = start.elapsed();
    for diagnostic in &output.diagnostics {
        eprintln!("{diagnostic}\n");
    }
    let Some(bundle) = output.bundle else { return ExitCode::FAILURE };
    let out = Path::new(out);
    let written = bundle.write_to(out).and_then(|()| {
        for (script, map) in &output.maps {
            let file = out.join("maps").join(format!("{script}.map"));
            fs::create_dir_all(file.parent().unwrap_or(out))?;
            fs::write(file, map)?;
        }
        Ok(())
    });
    if let Err(error) = written {
        eprintln!("{}: {error}", out.display());
        return ExitCode::FAILURE;
    }
    let bytes: u64 = bundle.index.packages.iter().map(|package| package.stream_length).sum();
    println!("{} {bytes} bytes in {elapsed:?}; {:?}", bundle.digest().to_hex(), output.stats);
    ExitCode::SUCCESS
}
