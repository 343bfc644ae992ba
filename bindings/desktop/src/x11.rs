//! Real input and screenshots of one window, through the X server (XTEST, GetImage).
use crate::{Error, drive::Key};
use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    time::Duration,
};
use x11rb::{
    connection::Connection,
    protocol::{
        xproto::{self, ConnectionExt as _, ImageFormat},
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
};

const DRIVING: &str = "Driving the window through X11";
/// Marks a keysym that is a Unicode character.
const UNICODE: u32 = 0x0100_0000;
/// The keysym of the left Shift key.
const SHIFT: u32 = 0xffe1;

/// A window on a display.
pub(crate) struct X11Window {
    connection: RustConnection,
    root: xproto::Window,
    window: xproto::Window,
    keys: RefCell<Keys>,
}

/// How to type a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stroke {
    code: u8,
    shift: bool,
}

/// Which key gives which symbol.
struct Keys {
    known: BTreeMap<u32, Stroke>,
    /// Keys that nothing is on: symbols that no key gives are put there, on the one that was used least lately.
    spare: VecDeque<u8>,
}

impl Keys {
    /// `keysyms` holds `per_key` symbols for each key from `low` on: plain, with Shift, and others.
    fn new(low: u8, per_key: usize, keysyms: &[u32]) -> Self {
        let mut keys = Self { known: BTreeMap::new(), spare: VecDeque::new() };
        for (symbols, code) in keysyms.chunks(per_key.max(1)).zip(low..=u8::MAX) {
            for (&symbol, shift) in symbols.iter().zip([false, true]).filter(|(symbol, _)| **symbol != 0) {
                keys.known.entry(symbol).or_insert(Stroke { code, shift });
            }
            if symbols.iter().all(|symbol| *symbol == 0) {
                keys.spare.push_front(code);
            }
        }
        keys
    }

    fn assign(&mut self, keysym: u32) -> Option<Stroke> {
        let code = self.spare.pop_front()?;
        self.spare.push_back(code);
        self.known.retain(|_, known| known.code != code);
        let stroke = Stroke { code, shift: false };
        self.known.insert(keysym, stroke);
        Some(stroke)
    }
}

impl X11Window {
    /// `display` None: the one in the environment.
    pub(crate) fn new(display: Option<&str>, window: u32) -> Result<Self, Error> {
        let (connection, screen) = x11rb::connect(display).map_err(Error::process(DRIVING))?;
        let setup = connection.setup();
        let (root, low, high) = (setup.roots[screen].root, setup.min_keycode, setup.max_keycode);
        connection
            .xtest_get_version(2, 2)
            .map_err(Error::process(DRIVING))?
            .reply()
            .map_err(Error::process(DRIVING))?;
        let mapping = connection
            .get_keyboard_mapping(low, high - low + 1)
            .map_err(Error::process(DRIVING))?
            .reply()
            .map_err(Error::process(DRIVING))?;
        let keys = Keys::new(low, mapping.keysyms_per_keycode.into(), &mapping.keysyms);
        Ok(Self { connection, root, window, keys: RefCell::new(keys) })
    }

    /// Moves the pointer to (x, y) of the window and clicks a button (1 left, 4 and 5 wheel up and down).
    pub(crate) fn click(&self, x: f64, y: f64, button: u8) -> Result<(), Error> {
        self.point(x, y)?;
        self.fake(xproto::BUTTON_PRESS_EVENT, button, 0, 0)?;
        self.fake(xproto::BUTTON_RELEASE_EVENT, button, 0, 0)?;
        self.settle()
    }

    /// Presses the first place, moves through the others, `step` apart in time, and lets go at the last.
    pub(crate) fn drag(&self, path: &[(f64, f64)], step: Duration) -> Result<(), Error> {
        let Some((&(x, y), rest)) = path.split_first() else { return Ok(()) };
        self.point(x, y)?;
        self.fake(xproto::BUTTON_PRESS_EVENT, 1, 0, 0)?;
        self.settle()?;
        for &(x, y) in rest {
            std::thread::sleep(step);
            self.point(x, y)?;
            self.settle()?;
        }
        std::thread::sleep(step);
        self.fake(xproto::BUTTON_RELEASE_EVENT, 1, 0, 0)?;
        self.settle()
    }

    /// Turns the wheel at (x, y); positive is towards the end of the page.
    pub(crate) fn wheel(&self, x: f64, y: f64, notches: i32) -> Result<(), Error> {
        let button = if notches > 0 { 5 } else { 4 };
        (0..notches.unsigned_abs()).try_for_each(|_| self.click(x, y, button))
    }

    /// Types text. Characters that no key gives are put on spare keys, all before the first is typed: an application
    /// reads the mapping when it gets to a key, which may be after the next was typed.
    pub(crate) fn text(&self, text: &str) -> Result<(), Error> {
        let strokes: Vec<Stroke> =
            text.chars().map(|c| self.stroke(keysym_of(c))).collect::<Result<_, _>>()?;
        self.settle()?;
        strokes.into_iter().try_for_each(|stroke| self.press(stroke))
    }

    /// Presses a named key.
    pub(crate) fn key(&self, key: Key) -> Result<(), Error> {
        let stroke = self.stroke(match key {
            Key::Enter => 0xff0d,
            Key::Escape => 0xff1b,
            Key::Tab => 0xff09,
            Key::Backspace => 0xff08,
            Key::Space => 0x20,
            Key::Up => 0xff52,
            Key::Down => 0xff54,
            Key::Left => 0xff51,
            Key::Right => 0xff53,
        })?;
        self.settle()?;
        self.press(stroke)
    }

    /// The window's pixels as PNG.
    pub(crate) fn screenshot(&self) -> Result<Vec<u8>, Error> {
        let geometry = self
            .connection
            .get_geometry(self.window)
            .map_err(Error::process(DRIVING))?
            .reply()
            .map_err(Error::process(DRIVING))?;
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.window, 0, 0, geometry.width, geometry.height, !0)
            .map_err(Error::process(DRIVING))?
            .reply()
            .map_err(Error::process(DRIVING))?;
        let (width, height) = (u32::from(geometry.width), u32::from(geometry.height));
        if image.data.len() != width as usize * height as usize * 4 {
            return Err(Error::Process {
                what: DRIVING,
                why: "the display has not 24 or 32 bits a pixel".into(),
            });
        }
        // Little-endian X servers give blue, green, red, and a byte without meaning.
        let pixels: Vec<u8> = image.data.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0]]).collect();
        encode(width, height, &pixels)
    }

    fn point(&self, x: f64, y: f64) -> Result<(), Error> {
        let at = self
            .connection
            .translate_coordinates(self.window, self.root, pixel(x), pixel(y))
            .map_err(Error::process(DRIVING))?
            .reply()
            .map_err(Error::process(DRIVING))?;
        self.fake(xproto::MOTION_NOTIFY_EVENT, 0, at.dst_x, at.dst_y)
    }

    /// How to type `keysym`, on a spare key if need be.
    fn stroke(&self, keysym: u32) -> Result<Stroke, Error> {
        let mut keys = self.keys.borrow_mut();
        if let Some(stroke) = keys.known.get(&keysym) {
            return Ok(*stroke);
        }
        let no_key = || Error::Process { what: DRIVING, why: "the keyboard has no unused key".into() };
        let stroke = keys.assign(keysym).ok_or_else(no_key)?;
        // Twice the same: with one symbol only, X would make a pair of cases of it.
        self.connection
            .change_keyboard_mapping(1, stroke.code, 2, &[keysym; 2])
            .map_err(Error::process(DRIVING))?;
        Ok(stroke)
    }

    fn press(&self, stroke: Stroke) -> Result<(), Error> {
        let shift = if stroke.shift { Some(self.stroke(SHIFT)?.code) } else { None };
        if let Some(shift) = shift {
            self.fake(xproto::KEY_PRESS_EVENT, shift, 0, 0)?;
        }
        self.fake(xproto::KEY_PRESS_EVENT, stroke.code, 0, 0)?;
        self.fake(xproto::KEY_RELEASE_EVENT, stroke.code, 0, 0)?;
        if let Some(shift) = shift {
            self.fake(xproto::KEY_RELEASE_EVENT, shift, 0, 0)?;
        }
        self.settle()
    }

    fn fake(&self, kind: u8, detail: u8, x: i16, y: i16) -> Result<(), Error> {
        self.connection
            .xtest_fake_input(kind, detail, x11rb::CURRENT_TIME, self.root, x, y, 0)
            .map_err(Error::process(DRIVING))?;
        Ok(())
    }

    /// Waits until the server has done everything asked so far.
    fn settle(&self) -> Result<(), Error> {
        let asked = self.connection.query_pointer(self.root).map_err(Error::process(DRIVING))?;
        asked.reply().map(drop).map_err(Error::process(DRIVING))
    }
}

/// X11's name of a character: itself in Latin-1, else marked as Unicode.
fn keysym_of(character: char) -> u32 {
    match u32::from(character) {
        0x0a | 0x0d => 0xff0d,
        latin @ (0x20..=0x7e | 0xa0..=0xff) => latin,
        other => other | UNICODE,
    }
}

/// Positions on a screen fit; what does not is brought to the edge.
#[expect(clippy::cast_possible_truncation, reason = "the value is clamped first")]
fn pixel(value: f64) -> i16 {
    value.round().clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
}

fn encode(width: u32, height: u32, rgb: &[u8]) -> Result<Vec<u8>, Error> {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(Error::process("Encoding a screenshot"))?;
    writer.write_image_data(rgb).map_err(Error::process("Encoding a screenshot"))?;
    writer.finish().map_err(Error::process("Encoding a screenshot"))?;
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_have_keysyms() {
        assert_eq!(
            (keysym_of('a'), keysym_of('é'), keysym_of('咖'), keysym_of('\n')),
            (0x61, 0xe9, 0x0100_5496, 0xff0d)
        );
    }

    #[test]
    fn a_character_without_a_key_gets_a_spare_one() {
        // Three keys: `a`/`A`, nothing, nothing.
        let mut keys = Keys::new(10, 2, &[0x61, 0x41, 0, 0, 0, 0]);
        let code = |keys: &Keys, symbol| keys.known.get(&symbol).map(|stroke| (stroke.code, stroke.shift));
        assert_eq!((code(&keys, 0x61), code(&keys, 0x41)), (Some((10, false)), Some((10, true))));
        let assigned: Vec<_> = (1..4).map(|symbol| keys.assign(symbol).unwrap().code).collect();
        assert_eq!(assigned, [12, 11, 12]);
        assert_eq!(
            (code(&keys, 1), code(&keys, 2), code(&keys, 3)),
            (None, Some((11, false)), Some((12, false)))
        );
        assert!(Keys::new(255, 1, &[0x61, 0x62]).assign(1).is_none(), "there is no key after 255");
    }

    #[test]
    fn positions_stay_in_range() {
        assert_eq!((pixel(1.5), pixel(-1e9), pixel(f64::NAN)), (2, i16::MIN, 0));
    }
}
