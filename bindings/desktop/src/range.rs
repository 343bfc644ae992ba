//! `Range` of HTTP: browsers seek in films and sounds by it, and cannot seek without.
use crate::answer::Answer;

/// Leaves of a whole answer what `range` (the request's header) asks for: 206 with that part, 416 where there is none.
/// More than one part, or what cannot be read, gives the whole, as RFC 9110 (14.2) allows.
pub(crate) fn cut(answer: &mut Answer, range: Option<&str>) {
    // The engine does it for user files itself.
    let done = answer.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept-ranges"));
    if answer.status != 200 || done {
        return;
    }
    answer.headers.push(("accept-ranges".into(), "bytes".into()));
    let length = answer.body.len();
    let Some((first, last)) = range.and_then(|range| parse(range, length)) else { return };
    if first >= length || first > last {
        answer.status = 416;
        answer.headers.push(("content-range".into(), format!("bytes */{length}")));
        answer.body.clear();
        return;
    }
    let last = last.min(length - 1);
    answer.status = 206;
    answer.headers.push(("content-range".into(), format!("bytes {first}-{last}/{length}")));
    answer.body.truncate(last + 1);
    answer.body.drain(..first);
}

/// First and last byte of `bytes=…`; None for what does not have to be understood.
fn parse(range: &str, length: usize) -> Option<(usize, usize)> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.trim().parse::<usize>().ok();
    match (first.trim(), last.trim()) {
        ("", "") => None,
        ("", last) => Some((length.saturating_sub(number(last)?), usize::MAX)),
        (first, "") => Some((number(first)?, usize::MAX)),
        (first, last) => Some((number(first)?, number(last)?)).filter(|(first, last)| first <= last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_to(range: Option<&str>) -> (u16, String, Option<String>) {
        let mut answer = Answer { status: 200, headers: Vec::new(), body: b"0123456789".to_vec() };
        cut(&mut answer, range);
        let header = answer.headers.iter().find(|(name, _)| name == "content-range");
        (answer.status, String::from_utf8(answer.body).unwrap(), header.map(|(_, value)| value.clone()))
    }

    #[test]
    fn parts_of_ten_bytes() {
        let part = |status, body: &str, range: &str| (status, body.to_owned(), Some(range.to_owned()));
        let whole = (200, "0123456789".to_owned(), None);
        assert_eq!(cut_to(None), whole);
        assert_eq!(cut_to(Some("bytes=0-")), part(206, "0123456789", "bytes 0-9/10"));
        assert_eq!(cut_to(Some("bytes=3-5")), part(206, "345", "bytes 3-5/10"));
        assert_eq!(cut_to(Some("bytes=8-99")), part(206, "89", "bytes 8-9/10"));
        assert_eq!(cut_to(Some("bytes=-4")), part(206, "6789", "bytes 6-9/10"));
        assert_eq!(cut_to(Some("bytes=-99")), part(206, "0123456789", "bytes 0-9/10"));
        assert_eq!(cut_to(Some("bytes=10-")), part(416, "", "bytes */10"));
        assert_eq!(cut_to(Some("bytes=-0")), part(416, "", "bytes */10"));
        for strange in ["bytes=5-3", "bytes=1-2,4-5", "bytes=", "lines=1-2", "bytes=x-", "bytes=-"] {
            assert_eq!(cut_to(Some(strange)), whole, "{strange}");
        }
    }

    #[test]
    fn what_the_engine_has_seen_to_is_left_alone() {
        let headers = vec![("Accept-Ranges".to_owned(), "bytes".to_owned())];
        let mut answer = Answer { status: 200, headers, body: b"whole".to_vec() };
        cut(&mut answer, Some("bytes=1-2"));
        assert_eq!((answer.status, answer.body.as_slice(), answer.headers.len()), (200, &b"whole"[..], 1));
    }

    #[test]
    fn only_a_whole_answer_is_cut() {
        let mut answer = Answer { status: 404, headers: Vec::new(), body: b"none".to_vec() };
        cut(&mut answer, Some("bytes=1-2"));
        assert_eq!((answer.status, answer.body.as_slice(), answer.headers.len()), (404, &b"none"[..], 0));
    }
}
