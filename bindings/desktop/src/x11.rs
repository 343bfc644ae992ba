//! Real input and screenshots of one window, through the X server (XTEST, GetImage).
use crate::{Error, drive::Key};
use x11rb::{
    connection::Connection,
    protocol::{
        xproto::{self, ConnectionExt as _, ImageFormat, KeyButMask},
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
};

const DRIVING: &str = "Driving the window through X11";
/// Marks a keysym that is a Unicode character.
const UNICODE: u32 = 0x0100_0000;

/// A window on a display.
pub(crate) struct X11Window {
    connection: RustConnection,
    root: xproto::Window,
    window: xproto::Window,
    /// A key code that no key uses: characters are put on it one by one.
    spare: u8,
}

impl X11Window {
    /// `display` None: the one in the environment.
    pub(crate) fn new(display: Option<&str>, window: u32) -> Result<Self, Error> {
        let (connection, screen) = x11rb::connect(display).map_err(Error::process(DRIVING))?;
        let setup = connection.setup();
        let (root, low, high) = (setup.roots[screen].root, setup.min_keycode, setup.max_keycode);
        connection.xtest_get_version(2, 2).map_err(Error::process(DRIVING))?.reply().map_err(Error::process(DRIVING))?;
        let count = high - low + 1;
        let mapping = connection
            .get_keyboard_mapping(low, count)
            .map_err(Error::process(DRIVING))?
            .reply()
            .map_err(Error::process(DRIVING))?;
        let per_key = usize::from(mapping.keysyms_per_keycode).max(1);
        let free = mapping.keysyms.chunks(per_key).rposition(|keys| keys.iter().all(|key| *key == 0));
        let spare = free.and_then(|at| u8::try_from(at).ok()).and_then(|at| low.checked_add(at));
        let spare = spare.ok_or_else(|| Error::Process { what: DRIVING, why: "the keyboard has no unused key".into() })?;
        Ok(Self { connection, root, window, spare })
    }

    /// Moves the pointer to (x, y) of the window and clicks a button (1 left, 4 and 5 wheel up and down).
    pub(crate) fn click(&self, x: f64, y: f64, button: u8) -> Result<(), Error> {
        self.point(x, y)?;
        self.fake(xproto::BUTTON_PRESS_EVENT, button, 0, 0)?;
        self.fake(xproto::BUTTON_RELEASE_EVENT, button, 0, 0)?;
        self.settle()
    }

    /// Turns the wheel at (x, y); positive is towards the end of the page.
    pub(crate) fn wheel(&self, x: f64, y: f64, notches: i32) -> Result<(), Error> {
        let button = if notches > 0 { 5 } else { 4 };
        (0..notches.unsigned_abs()).try_for_each(|_| self.click(x, y, button))
    }

    /// Types text by putting each character on a spare key.
    pub(crate) fn text(&self, text: &str) -> Result<(), Error> {
        text.chars().try_for_each(|character| self.keysym(keysym_of(character)))
    }

    /// Presses a named key.
    pub(crate) fn key(&self, key: Key) -> Result<(), Error> {
        self.keysym(match key {
            Key::Enter => 0xff0d,
            Key::Escape => 0xff1b,
            Key::Tab => 0xff09,
            Key::Backspace => 0xff08,
        })
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
            return Err(Error::Process { what: DRIVING, why: "the display has not 24 or 32 bits a pixel".into() });
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

    fn keysym(&self, keysym: u32) -> Result<(), Error> {
        let known = self.keycode_of(keysym)?;
        if known.is_none() {
            self.connection
                .change_keyboard_mapping(1, self.spare, 1, &[keysym])
                .map_err(Error::process(DRIVING))?;
            self.settle()?;
        }
        let code = known.unwrap_or(self.spare);
        self.fake(xproto::KEY_PRESS_EVENT, code, 0, 0)?;
        self.fake(xproto::KEY_RELEASE_EVENT, code, 0, 0)?;
        self.settle()
    }

    /// The key that gives `keysym` without Shift.
    fn keycode_of(&self, keysym: u32) -> Result<Option<u8>, Error> {
        let setup = self.connection.setup();
        let (low, high) = (setup.min_keycode, setup.max_keycode);
        let mapping = self
            .connection
            .get_keyboard_mapping(low, high - low + 1)
            .map_err(Error::process(DRIVING))?
            .reply()
            .map_err(Error::process(DRIVING))?;
        let per_key = usize::from(mapping.keysyms_per_keycode).max(1);
        // The spare key's mapping changes under the application: it is never taken as known.
        let at = mapping.keysyms.chunks(per_key).position(|keys| keys.first() == Some(&keysym));
        Ok(at.and_then(|at| u8::try_from(at).ok()).and_then(|at| low.checked_add(at)).filter(|code| *code != self.spare))
    }

    fn fake(&self, kind: u8, detail: u8, x: i16, y: i16) -> Result<(), Error> {
        self.connection
            .xtest_fake_input(kind, detail, x11rb::CURRENT_TIME, self.root, x, y, 0)
            .map_err(Error::process(DRIVING))?;
        Ok(())
    }

    /// Waits until the server has done everything asked so far.
    fn settle(&self) -> Result<(), Error> {
        let reply = self.connection.query_pointer(self.root).map_err(Error::process(DRIVING))?.reply();
        let _: KeyButMask = reply.map_err(Error::process(DRIVING))?.mask;
        Ok(())
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
        assert_eq!((keysym_of('a'), keysym_of('é'), keysym_of('咖'), keysym_of('\n')), (0x61, 0xe9, 0x0100_5496, 0xff0d));
    }

    #[test]
    fn positions_stay_in_range() {
        assert_eq!((pixel(1.5), pixel(-1e9), pixel(f64::NAN)), (2, i16::MIN, 0));
    }
}
