//! The journal's rules, one by one; `model.rs` mixes them.
use crate::{
    rows::{Fault, Rows},
    signing::{NOW, checked, order},
};
use lodger_pay::{
    confirmation::{Confirmation, Place},
    journal::{Answer, Attempt, Begun, Event, Journal, Next, Outcome, Request, State},
    order::Checked,
};
use proptest::prelude::*;
use std::sync::Arc;

struct Device {
    rows: Arc<Rows>,
    journal: Journal,
    order: Checked,
}

impl Device {
    fn new() -> Self {
        let rows = Arc::new(Rows::default());
        Self { journal: Journal::new(rows.clone()), rows, order: checked(&order()) }
    }

    fn begin(&self) -> Attempt {
        let Begun::New(attempt) = self.journal.begin(&self.order, NOW).unwrap() else { panic!("not new") };
        self.journal.shown(&attempt, NOW).unwrap();
        attempt
    }

    fn restart(&mut self) -> Vec<Attempt> {
        self.journal = Journal::new(self.rows.clone());
        self.journal.recover(NOW).unwrap().unresolved
    }
}

fn request(attempt: &Attempt) -> Request {
    Request { key: attempt.key.clone(), body: r#"{"confirmation":"a \"quoted\" ünïcode"}"#.into() }
}

fn refused(code: &str) -> Answer {
    Answer::Refused { code: code.into() }
}

#[test]
fn the_bytes_are_on_disk_before_they_are_sent_and_the_same_ever_after() {
    let mut device = Device::new();
    let attempt = device.begin();
    let first = device.journal.confirm(&attempt, request(&attempt), NOW);
    assert_eq!(first, Next::Send(request(&attempt)));
    assert_eq!(device.restart(), std::slice::from_ref(&attempt));
    assert_eq!(device.journal.next(&attempt, NOW + 7199), Next::Send(request(&attempt)));
    assert_eq!(device.journal.next(&attempt, NOW + 7200), Next::Query);
    let other = Request { body: "other".into(), ..request(&attempt) };
    assert_eq!(device.journal.confirm(&attempt, other, NOW), Next::Send(request(&attempt)));
    assert_eq!(device.journal.begin(&device.order, NOW).unwrap(), Begun::Unresolved(attempt));
}

#[test]
fn a_call_finds_its_payment_though_the_server_does_not_answer() {
    let device = Device::new();
    let (app, prepay_id) = ("coffee", order().prepay_id);
    let find = |app: &str, prepay_id: &str| device.journal.unresolved(app, prepay_id);
    let attempt = device.begin();
    assert_eq!(find(app, &prepay_id), Ok(None), "not sent");
    let place = Place { index: "00", session: "s", pay_key: "k" };
    let confirmation = Confirmation::new(&device.order, &attempt.key, place, NOW).unwrap();
    let request = confirmation.sign(&[7; 64]).unwrap();
    device.journal.confirm(&attempt, request, NOW);
    assert_eq!(find(app, &prepay_id), Ok(Some((attempt.clone(), device.order.sheet()))));
    assert_eq!(find("tea", &prepay_id), Ok(None));
    assert_eq!(find(app, "wx2"), Ok(None));
    device.journal.answer(&attempt, &Answer::Paid, NOW);
    assert_eq!(find(app, &prepay_id), Ok(None), "known");
}

#[test]
fn only_the_server_ends_what_may_have_been_sent() {
    for (answer, outcome) in [
        (Answer::Paid, Some(Outcome::Paid)),
        (refused("not_enough"), Some(Outcome::Failed { code: "not_enough".into() })),
        (refused("order_expired"), Some(Outcome::Expired)),
        (Answer::Absent { last: true }, Some(Outcome::Expired)),
        (Answer::Absent { last: false }, None),
        (Answer::Processing, None),
        (Answer::Unclear, None),
    ] {
        let device = Device::new();
        let attempt = device.begin();
        device.journal.confirm(&attempt, request(&attempt), NOW);
        assert_eq!(device.journal.cancel(&attempt, NOW), Outcome::Unknown);
        assert_eq!(device.journal.fail(&attempt, "internal", NOW), Outcome::Unknown);
        let expected = outcome.map_or(Next::Send(request(&attempt)), Next::End);
        assert_eq!(device.journal.answer(&attempt, &answer, NOW), expected);
        let ended = device.journal.answer(&attempt, &Answer::Paid, NOW);
        let first = match expected {
            Next::End(outcome) => outcome,
            _ => Outcome::Paid,
        };
        assert_eq!(ended, Next::End(first), "an end is for ever");
    }
}

#[test]
fn what_was_not_sent_is_cancelled_by_a_restart() {
    let mut device = Device::new();
    let attempt = device.begin();
    assert_eq!(device.journal.begin(&device.order, NOW).unwrap(), Begun::Busy, "double tap");
    assert_eq!(device.restart(), []);
    let Begun::New(second) = device.journal.begin(&device.order, NOW).unwrap() else { panic!("not new") };
    assert_ne!(second.key, attempt.key);
    // The old sheet, if it were still there, can confirm nothing.
    let outcome = device.journal.confirm(&attempt, request(&attempt), NOW);
    assert!(matches!(outcome, Next::End(_)), "{outcome:?}");
}

#[test]
fn a_sheet_that_outlives_its_order_sends_nothing() {
    let device = Device::new();
    let attempt = device.begin();
    let next = device.journal.confirm(&attempt, request(&attempt), NOW + 7200);
    assert_eq!(next, Next::End(Outcome::Expired));
}

#[test]
fn a_confirmation_that_cannot_be_written_is_not_sent() {
    for (fault, told) in [
        (Fault::Full, Outcome::Unknown),
        (Fault::Written, Outcome::Unknown),
        (Fault::Fsync, Outcome::Unknown),
        (Fault::Dead, Outcome::Unknown),
    ] {
        let device = Device::new();
        let attempt = device.begin();
        device.rows.set(fault);
        assert_eq!(device.journal.confirm(&attempt, request(&attempt), NOW), Next::End(told), "{fault:?}");
    }
    // Disk full while the user cancels: nothing was ever confirmed.
    let device = Device::new();
    let attempt = device.begin();
    device.rows.set(Fault::Full);
    assert_eq!(device.journal.cancel(&attempt, NOW), Outcome::Cancelled);
}

#[test]
fn what_the_server_decided_is_told_though_it_cannot_be_written() {
    let mut device = Device::new();
    let attempt = device.begin();
    device.journal.confirm(&attempt, request(&attempt), NOW);
    device.rows.set(Fault::Full);
    assert_eq!(device.journal.answer(&attempt, &Answer::Paid, NOW), Next::End(Outcome::Paid));
    device.rows.set(Fault::None);
    assert_eq!(device.restart(), std::slice::from_ref(&attempt));
    assert_eq!(device.journal.answer(&attempt, &Answer::Paid, NOW), Next::End(Outcome::Paid));
    assert_eq!(device.journal.begin(&device.order, NOW).unwrap(), Begun::Paid);
}

#[test]
fn damaged_rows_are_counted_and_never_overwritten() {
    let mut device = Device::new();
    device.rows.restore([("o-1".to_owned(), b"{".to_vec())].into());
    device.journal = Journal::new(device.rows.clone());
    assert_eq!(device.journal.recover(NOW).unwrap().damaged, 1);
    assert!(device.journal.begin(&device.order, NOW).is_err());
    assert_eq!(device.rows.content()["o-1"], b"{");
}

#[test]
fn ended_rows_are_forgotten_after_a_month_and_others_never() {
    let device = Device::new();
    let attempt = device.begin();
    device.journal.cancel(&attempt, NOW);
    let month = 30 * 86_400;
    device.journal.recover(NOW + month).unwrap();
    assert_eq!(device.rows.content().len(), 1);
    device.journal.recover(NOW + month + 1).unwrap();
    assert_eq!(device.rows.content().len(), 0);
    let attempt = device.begin();
    device.journal.confirm(&attempt, request(&attempt), NOW);
    device.journal.recover(NOW + 10 * month).unwrap();
    assert_eq!(device.rows.content().len(), 1);
}

#[test]
fn only_a_clear_answer_is_one() {
    let read = |status, body: &str| Answer::read(status, body.as_bytes());
    assert_eq!(read(200, r#"{"state":"paid"}"#), Answer::Paid);
    assert_eq!(read(200, r#"{"state":"refused","code":"not_enough"}"#), refused("not_enough"));
    assert_eq!(read(200, r#"{"state":"processing","more":1}"#), Answer::Processing);
    assert_eq!(read(200, r#"{"state":"absent","last":true}"#), Answer::Absent { last: true });
    for (status, body) in [
        (201, r#"{"state":"paid"}"#),
        (400, r#"{"state":"refused","code":"x"}"#),
        (422, "{}"),
        (500, r#"{"state":"refused","code":"x"}"#),
        (200, ""),
        (200, "paid"),
        (200, r#"{"state":"refused"}"#),
        (200, r#"{"state":"refused","code":"<b>"}"#),
        (200, r#"{"state":"refused","code":"x","state":"paid"}"#),
        (200, r#"{"state":"absent"}"#),
    ] {
        assert_eq!(read(status, body), Answer::Unclear, "{status} {body}");
    }
}

#[test]
fn pages_hear_wechat_s_words() {
    let failed = Outcome::Failed { code: "not_enough".into() };
    for (outcome, message) in [
        (Outcome::Paid, "requestPayment:ok"),
        (Outcome::Cancelled, "requestPayment:fail cancel"),
        (failed, "requestPayment:fail not enough"),
        (Outcome::Expired, "requestPayment:fail order expired"),
        (Outcome::Unknown, "requestPayment:fail result unknown, query the order"),
    ] {
        assert_eq!(outcome.message(), message);
        assert_eq!(outcome.errno().is_some(), outcome == Outcome::Unknown);
    }
}

fn event() -> impl Strategy<Value = Event> {
    let answer = prop_oneof![
        Just(Answer::Paid),
        Just(refused("not_enough")),
        Just(Answer::Processing),
        any::<bool>().prop_map(|last| Answer::Absent { last }),
        Just(Answer::Unclear),
    ];
    prop_oneof![
        Just(Event::Shown),
        Just(Event::Cancelled),
        Just(Event::Expired),
        Just(Event::Failed { code: "x".into() }),
        "[a-z]{1,4}".prop_map(|body| Event::Confirmed { request: Request { key: "k".into(), body } }),
        answer.prop_map(|answer| Event::Answered { answer }),
    ]
}

proptest! {
    #[test]
    fn the_machine_never_goes_back(events in prop::collection::vec(event(), 0..30)) {
        let mut state = State::Created;
        let mut sent: Option<Request> = None;
        for event in events {
            let Some(next) = state.on(&event) else { continue };
            let ended = !state.is_unsent() && state.outcome() != Outcome::Unknown;
            prop_assert!(!ended);
            prop_assert!(state.is_unsent() || !next.is_unsent());
            if let State::Sent { request } | State::Unknown { request } = &next {
                prop_assert_eq!(sent.get_or_insert(request.clone()), request);
            }
            if !state.is_unsent() {
                let answered = matches!(event, Event::Answered { .. });
                prop_assert!(answered);
                prop_assert!(next != State::Cancelled);
            }
            state = next;
        }
    }

    #[test]
    fn no_answer_panics(status in 0u16..600, body in prop::collection::vec(any::<u8>(), 0..60)) {
        prop_assert!(Answer::read(status, &body) == Answer::Unclear || status == 200);
    }
}
