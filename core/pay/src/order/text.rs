//! Texts in orders: ids, and what a user reads.

/// 1 to 64 of `A-Z a-z 0-9 _ . -`.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

/// One line of 1 to `most` characters, nothing of which hides, or turns the rest around.
pub(crate) fn is_shown(text: &str, most: usize) -> bool {
    let hides = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    (1..=most).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(hides)
}
