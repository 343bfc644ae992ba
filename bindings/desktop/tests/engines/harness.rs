//! Compiles the programs under `tests/apps`, and starts drivers for them.
use lodger_desktop::{Driver, DriverOptions, HostEvent, Program, Target, WebEngine, window::HostCommand};
use std::{
    fs,
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;

/// Makes two tests of a function that takes a `WebEngine`: one for each engine.
macro_rules! in_both_engines {
    ($($(#[$attribute:meta])* fn $name:ident($engine:ident) $body:block)*) => { $(
        mod $name {
            use super::*;

            $(#[$attribute])*
            fn in_engine($engine: lodger_desktop::WebEngine) $body

            #[test]
            fn webkit() {
                in_engine(lodger_desktop::WebEngine::Webkit);
            }

            #[test]
            fn chromium() {
                in_engine(lodger_desktop::WebEngine::Chromium);
            }
        }
    )* };
}
pub(crate) use in_both_engines;

/// Compiles the project in `folder`; panics with the diagnostics if that fails.
pub(crate) fn compile(folder: &Path) -> Program {
    let options = lodger_compiler::Options { development: true, ..Default::default() };
    let output = lodger_compiler::compile(folder, &options);
    let Some(bundle) = output.bundle else { panic!("{}: {:#?}", folder.display(), output.diagnostics) };
    Program::new(bundle)
}

/// A program of `tests/apps`.
pub(crate) fn program(name: &str) -> Program {
    compile(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apps").join(name))
}

/// A copy of a program of `tests/apps`, to be changed before it is compiled.
pub(crate) fn copied(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apps").join(name), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What only failures wait for: a machine that builds something else at the same time is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// Options whose window host is the one that was built for these tests.
pub(crate) fn options() -> DriverOptions {
    let host =
        HostCommand { program: env!("CARGO_BIN_EXE_lodger-desktop-host").into(), arguments: Vec::new() };
    DriverOptions {
        host: Some(host),
        patience: PATIENCE,
        start_timeout: PATIENCE,
        ..DriverOptions::default()
    }
}

/// A driver that prints what its program reported when the test fails.
pub(crate) struct Told(Driver);

pub(crate) fn driver(engine: WebEngine) -> Told {
    driver_with(engine, options())
}

pub(crate) fn driver_with(engine: WebEngine, options: DriverOptions) -> Told {
    Told(Driver::new(engine, options).unwrap())
}

impl Deref for Told {
    type Target = Driver;
    fn deref(&self) -> &Driver {
        &self.0
    }
}

impl DerefMut for Told {
    fn deref_mut(&mut self) -> &mut Driver {
        &mut self.0
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Answers of the page are many and say little.
            for event in self.0.events().iter().filter(|event| !matches!(event, HostEvent::Dev { .. })) {
                eprintln!("{event:?}");
            }
            let name = std::thread::current().name().unwrap_or("unnamed").replace("::", "-");
            let file = picture(&format!("failed-{name}.png"));
            eprintln!("{}: {:?}", file.display(), self.0.screenshot(&file));
        }
    }
}

/// Where a test's pictures go: under `target/tmp`.
pub(crate) fn picture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("desktop").join(name)
}

/// Waits until there is no such node.
pub(crate) fn vanishes(driver: &mut Told, target: &Target) {
    for _ in 0..500 {
        if driver.look(target).unwrap().is_none() {
            return;
        }
        driver.settle(Duration::from_millis(20)).unwrap();
    }
    panic!("{target:?} is still there");
}

/// The colour of one pixel of a picture.
pub(crate) fn pixel(file: &Path, (x, y): (f64, f64)) -> [u8; 3] {
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(file).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let at = y as usize * info.line_size + x as usize * info.color_type.samples();
    [pixels[at], pixels[at + 1], pixels[at + 2]]
}
