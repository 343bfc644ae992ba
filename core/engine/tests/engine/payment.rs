//! `wx.requestPayment` against a server that checks every proof and confirmation, with hostile answers, lost ones, and
//! processes that die. Numbers are those of the attack rows in core/docs/payment.md.
use crate::support::*;
use lodger_engine::{Caps, Goods, PaymentConfig, PaymentState as State, Session, SystemClock};
use lodger_pay::order::Order;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

const UNKNOWN: &str = "requestPayment:fail result unknown, query the order";

fn one() -> Order {
    order("1", &SystemClock)
}

/// A world with the order of `one`, its server and its sheet.
fn shop(press: Press) -> (World, Arc<Till>, Arc<Counter>) {
    let (till, sheet) = (Till::new(&[one()]), Counter::new(press));
    (till.world(&sheet), till, sheet)
}

/// The answers to these calls, which may come together.
fn answers(page: &Page<'_>, ids: &[u64]) -> Vec<Value> {
    let mut found: BTreeMap<u64, Value> = BTreeMap::new();
    while found.len() < ids.len() {
        let messages = page.get("/.lodger/events").json();
        let messages = messages.as_array().expect("an array");
        assert!(!messages.is_empty(), "nothing came");
        for message in messages {
            if let Some(id) = message["id"].as_u64().filter(|id| ids.contains(id)) {
                found.insert(id, message.clone());
            }
        }
    }
    ids.iter().map(|id| found[id].clone()).collect()
}

fn unknown(answer: &Value) -> bool {
    answer["err"] == json!({ "errMsg": UNKNOWN, "errno": 9_000_001 })
}

fn open(world: &World) -> Session {
    world.open().0
}

#[test]
fn rows_19_and_21_what_was_signed_is_shown_and_paid_whatever_the_page_says() {
    let (world, till, sheet) = shop(Press::Agree);
    let session = open(&world);
    let mut page = world.page(&session);
    let mut call = call_of(&one());
    for (name, value) in [("amount", json!(1)), ("total_fee", json!(1)), ("payee", json!("Evil & Co"))] {
        call[name] = value;
    }
    assert_eq!(page.call("requestPayment", call), json!({}));
    let shown = sheet.shown().remove(0);
    assert_eq!((shown.payee.as_str(), shown.amount, shown.exponent), ("Coffee & Co", 700, 2));
    assert_eq!(
        (shown.app.as_str(), shown.app_name.as_str()),
        ("coffee", "Coffee </script>"),
        "the reviewer's name"
    );
    assert_eq!((shown.currency.as_str(), shown.goods), ("EUR", Goods::Physical));
    assert_eq!(sheet.states(), [State::Paying, State::Paid]);
    assert_eq!(till.paid(), [1]);
    // A repeated call is answered by the server: the order is paid.
    assert_eq!(page.call("requestPayment", call_of(&one())), json!({}));
    assert_eq!((sheet.shown().len(), till.posted().len()), (1, 1));
    assert_sealed(world.dir.path(), &["o-1", "wx-1", "Coffee & Co", "flat white"]);
}

#[test]
fn the_pay_key_is_enrolled_once() {
    let orders = [one(), order("2", &SystemClock)];
    let (till, sheet) = (Till::new(&orders), Counter::new(Press::Agree));
    let world = till.world(&sheet);
    let session = open(&world);
    let mut page = world.page(&session);
    page.call("requestPayment", call_of(&orders[0]));
    let enrolled = |asked: Vec<String>| asked.iter().filter(|call| *call == "POST /devices").count();
    assert_eq!(enrolled(till.asked()), 1);
    page.call("requestPayment", call_of(&orders[1]));
    assert_eq!(enrolled(till.asked()), 0);
    assert_eq!(till.paid(), [1, 1]);
}

#[test]
fn a_no_sends_nothing_and_the_order_can_be_paid_later() {
    let (world, till, sheet) = shop(Press::Refuse);
    let session = open(&world);
    let mut page = world.page(&session);
    assert_eq!(page.fails("requestPayment", call_of(&one())), "requestPayment:fail cancel");
    assert_eq!((till.posted(), sheet.states()), (vec![], vec![]));
    sheet.press(Press::Agree);
    page.call("requestPayment", call_of(&one()));
    assert_eq!(till.paid(), [1]);
}

#[test]
fn rows_21_and_42_orders_that_do_not_fit_are_not_shown() {
    let (world, till, sheet) = shop(Press::Agree);
    let session = open(&world);
    let mut page = world.page(&session);
    let mut refused = |token: &str, reason: &str| {
        till.forge(token);
        let told = page.fails("requestPayment", call_of(&one()));
        assert_eq!(told, format!("requestPayment:fail {reason}"));
    };
    let signed = |change: fn(&mut Order)| {
        let mut order = one();
        change(&mut order);
        sign_order(&order)
    };
    refused(&signed(|order| order.app = "tea".into()), "the order belongs to another program");
    refused(&signed(|order| order.payer = "somebody".into()), "the order belongs to another user");
    refused(
        &signed(|order| order.prepay_id = "wx-2".into()),
        "the order is another than the one that was asked for",
    );
    refused(
        &signed(|order| order.currency = "CNY".into()),
        "the order's amount is above what this app allows",
    );
    refused(&signed(|order| order.amount = 100_001), "the order's amount is above what this app allows");
    let early = |order: &mut Order| (order.issued, order.expires) = (order.issued - 100, order.issued - 1);
    refused(&signed(early), "the order has expired");
    refused(&sign_order_by(&one(), 2), "the order cannot be trusted: its signature is wrong");
    let (one, other) = (sign_order(&one()), signed(|order| order.amount = 1));
    let mixed: Vec<&str> =
        one.split('.').zip(other.split('.')).map(|(a, b)| if a == b { a } else { b }).collect();
    let last = one.rsplit('.').next().expect("a signature");
    refused(
        &format!("{}.{}.{last}", mixed[0], mixed[1]),
        "the order cannot be trusted: its signature is wrong",
    );
    refused("paid", "the order cannot be trusted: it is not a signed JSON web token of the right form");
    // The payer is who the server says this device is, in this program.
    till.forge(&one);
    till.payer("mallory");
    assert_eq!(
        page.fails("requestPayment", call_of(&self::one())),
        "requestPayment:fail the order belongs to another user"
    );
    assert_eq!((sheet.shown().len(), till.posted().len()), (0, 0));
}

#[test]
fn calls_that_the_merchant_did_not_sign_are_refused() {
    let (world, till, sheet) = shop(Press::Agree);
    let session = open(&world);
    let mut page = world.page(&session);
    for (name, value, reason) in [
        ("paySign", json!("AAAA"), "the merchant did not sign this call"),
        ("timeStamp", json!("1700000001"), "the merchant did not sign this call"),
        ("signType", json!("MD5"), "the call's signType is not acceptable"),
        ("package", json!("prepay_id=../payers/coffee"), "the call's package is not acceptable"),
        ("package", json!("prepay_id=wx-9"), "order unknown"),
        ("paySign", json!(7), "parameter.paySign should be String"),
    ] {
        let mut call = call_of(&one());
        call[name] = value;
        assert_eq!(page.fails("requestPayment", call), format!("requestPayment:fail {reason}"));
    }
    assert_eq!((sheet.shown().len(), till.posted().len()), (0, 0));
}

#[test]
fn row_22_no_answer_but_a_clear_one_is_an_outcome() {
    let (world, till, sheet) = shop(Press::Agree);
    let session = open(&world);
    let mut page = world.page(&session);
    let lies = [
        Weather::Say(500, r#"{"state":"refused","code":"not_enough"}"#),
        Weather::Say(201, r#"{"state":"paid"}"#),
        Weather::Say(200, "<html>paid</html>"),
        Weather::Say(200, r#"{"state":"refused","state":"paid","code":"x"}"#),
        Weather::Say(422, "{}"),
        Weather::Say(401, r#"{"error":"invalid_dpop_proof"}"#),
    ];
    till.rail(Rail::Unknown);
    till.weather(&lies);
    let id = page.send("requestPayment", call_of(&one()));
    for count in 1..=lies.len() {
        till.wait_for_posts(count);
        sheet.wait_for_states(1 + count);
        world.engine.set_network("wifi");
    }
    till.wait_for_posts(lies.len() + 1);
    assert_eq!(sheet.wait_for_states(8)[1..8], [const { State::Checking }; 7]);
    till.decide(Rail::Paid);
    world.engine.set_network("wifi");
    assert_eq!(page.answer(id)["ok"], json!({}));
    assert_eq!(till.paid(), [1]);
}

#[test]
fn row_23_a_lost_answer_sends_the_same_bytes_again() {
    for lost in [Weather::LoseRequest, Weather::LoseAnswer] {
        let (world, till, sheet) = shop(Press::Agree);
        let session = open(&world);
        let mut page = world.page(&session);
        till.weather(&[lost.clone(), lost]);
        let id = page.send("requestPayment", call_of(&one()));
        sheet.wait_for_states(2);
        world.engine.set_network("4g");
        sheet.wait_for_states(3);
        world.engine.set_network("wifi");
        assert_eq!(page.answer(id)["ok"], json!({}));
        let posted = till.posted();
        assert!(posted.len() >= 3 && posted.iter().all(|request| *request == posted[0]));
        assert_eq!(till.paid(), [1]);
        assert_eq!(sheet.states().last(), Some(&State::Paid));
    }
}

#[test]
fn whoever_leaves_hears_that_the_result_is_unknown_and_never_more_than_that() {
    let (world, till, sheet) = shop(Press::Agree);
    let session = open(&world);
    let mut page = world.page(&session);
    till.rail(Rail::Unknown);
    let id = page.send("requestPayment", call_of(&one()));
    sheet.wait_for_states(2);
    sheet.leave(true);
    assert!(unknown(&page.answer(id)));
    assert_eq!(sheet.states().last(), Some(&State::Closed));
    // Again, while the server is out of reach, and while it hands out no order: it is as unknown as before.
    for trouble in [None, Some((409, "order_expired")), Some((404, "order_unknown"))] {
        till.down(trouble.is_none());
        till.refuse(trouble);
        let id = page.send("requestPayment", call_of(&one()));
        assert!(unknown(&page.answer(id)));
    }
    // Now the server hands out what is right again; whoever asks first hears that it is paid.
    till.refuse(None);
    sheet.leave(false);
    till.decide(Rail::Paid);
    let id = page.send("requestPayment", call_of(&one()));
    world.engine.set_network("wifi");
    assert_eq!(page.answer(id)["ok"], json!({}));
    assert_eq!((till.paid(), sheet.shown().len()), (vec![1], 1));
}

#[test]
fn a_refusal_is_told_and_another_attempt_may_be_made() {
    let (world, till, sheet) = shop(Press::Agree);
    let session = open(&world);
    let mut page = world.page(&session);
    till.rail(Rail::Refused);
    assert_eq!(page.fails("requestPayment", call_of(&one())), "requestPayment:fail not enough");
    assert_eq!(sheet.states(), [State::Paying, State::Failed { code: "not_enough".into() }]);
    till.rail(Rail::Paid);
    page.call("requestPayment", call_of(&one()));
    let posted = till.posted();
    assert_ne!(posted[0].key, posted[1].key, "another attempt");
    assert_eq!(till.paid(), [1]);
}

#[test]
fn a_page_that_goes_away_takes_the_sheet_with_it_and_sends_nothing() {
    let (world, till, sheet) = shop(Press::Wait);
    let session = open(&world);
    let mut page = world.page(&session);
    page.send("requestPayment", call_of(&one()));
    sheet.wait_for_sheets(1);
    session.close();
    sheet.wait_for_dropped(1);
    sheet.press(Press::Agree);
    let session = open(&world);
    let mut page = world.page(&session);
    // Until the first call is over, the order is as that one leaves it.
    let told = loop {
        let id = page.send("requestPayment", call_of(&one()));
        let answer = page.answer(id);
        if answer["err"]["errMsg"] != "requestPayment:fail cancel" {
            break answer;
        }
    };
    assert_eq!((told["ok"].clone(), till.paid(), till.posted().len()), (json!({}), vec![1], 1));
}

#[test]
fn a_program_that_is_closed_while_it_is_checked_is_paid_for_all_the_same() {
    let (world, till, sheet) = shop(Press::Agree);
    let session = open(&world);
    let mut page = world.page(&session);
    till.weather(&[Weather::LoseRequest]);
    page.send("requestPayment", call_of(&one()));
    sheet.wait_for_states(2);
    session.close();
    assert_eq!(sheet.wait_for_states(3)[2], State::Closed);
    world.engine.set_network("wifi");
    till.wait_for_posts(2);
    let posted = till.posted();
    assert_eq!(posted[0], posted[1]);
    assert_eq!(till.paid(), [1]);
}

#[test]
fn row_23_after_death_the_next_start_goes_on() {
    for lost in [Weather::LoseRequest, Weather::LoseAnswer] {
        let (world, till, sheet) = shop(Press::Agree);
        let session = open(&world);
        world.page(&session).send("requestPayment", call_of(&one()));
        till.weather(&[lost]);
        sheet.wait_for_states(2);
        drop(session);
        let world = world.restarted_with(till.setup(&sheet));
        // Nobody asks: the engine does by itself.
        till.wait_for_posts(2);
        let posted = till.posted();
        assert!(posted.iter().all(|request| *request == posted[0]));
        let session = open(&world);
        world.page(&session).call("requestPayment", call_of(&one()));
        assert_eq!((till.paid(), sheet.shown().len()), (vec![1], 1));
    }
}

#[test]
fn row_23_a_double_tap_is_one_payment() {
    let (world, till, sheet) = shop(Press::Wait);
    let session = open(&world);
    let mut page = world.page(&session);
    let first = page.send("requestPayment", call_of(&one()));
    sheet.wait_for_sheets(1);
    let second = page.send("requestPayment", call_of(&one()));
    let third = page.send("requestPayment", call_of(&one()));
    sheet.press(Press::Agree);
    for answer in answers(&page, &[first, second, third]) {
        assert_eq!(answer["ok"], json!({}));
    }
    assert_eq!((till.paid(), sheet.shown().len(), till.posted().len()), (vec![1], 1, 1));
}

#[test]
fn one_payment_at_a_time_is_in_front_of_the_user() {
    let orders = [one(), order("2", &SystemClock)];
    let (till, sheet) = (Till::new(&orders), Counter::new(Press::Wait));
    let world = till.world(&sheet);
    let session = open(&world);
    let mut page = world.page(&session);
    let first = page.send("requestPayment", call_of(&orders[0]));
    sheet.wait_for_sheets(1);
    assert_eq!(page.fails("requestPayment", call_of(&orders[1])), "requestPayment:fail payment in progress");
    sheet.press(Press::Agree);
    assert_eq!(page.answer(first)["ok"], json!({}));
    page.call("requestPayment", call_of(&orders[1]));
    assert_eq!(till.paid(), [1, 1]);
}

#[test]
fn after_its_end_an_order_is_only_asked_for() {
    let clock = HandClock::at(std::time::SystemTime::now());
    let late = order("1", &*clock);
    let till = Till::at(std::slice::from_ref(&late), clock.clone());
    let sheet = Counter::new(Press::Agree);
    let base = World::new(Setup::default());
    let world = World::with(till.setup(&sheet), base.server.clone(), base.repository.clone(), clock.clone());
    till.plug_into(&world.server);
    let session = open(&world);
    let mut page = world.page(&session);
    till.weather(&[Weather::LoseRequest]);
    let id = page.send("requestPayment", call_of(&late));
    sheet.wait_for_states(2);
    clock.set(std::time::SystemTime::now() + Duration::from_secs(7300));
    world.engine.set_network("wifi");
    // Not received, and never will be: by the server's word.
    assert_eq!(page.answer(id)["err"]["errMsg"], "requestPayment:fail order expired");
    assert_eq!((till.posted().len(), till.paid()), (1, vec![0]));
    assert_eq!(sheet.states().last(), Some(&State::Expired));
}

#[test]
fn hosts_without_payments_and_currencies_without_a_cap_pay_nothing() {
    let world = World::new(Setup::default());
    let session = open(&world);
    assert_eq!(
        world.page(&session).fails("requestPayment", call_of(&one())),
        "requestPayment:fail system error: this host has no payments"
    );
    let (till, sheet) = (Till::new(&[one()]), Counter::new(Press::Agree));
    let payments = Some(PaymentConfig { sheet: sheet.clone(), caps: Caps::new() });
    let world = World::new(Setup { payments, ..till.setup(&sheet) });
    till.plug_into(&world.server);
    let session = open(&world);
    assert_eq!(
        world.page(&session).fails("requestPayment", call_of(&one())),
        "requestPayment:fail the order's amount is above what this app allows"
    );
}

#[test]
fn a_log_out_leaves_no_payment_behind() {
    let (world, till, sheet) = shop(Press::Agree);
    let session = open(&world);
    let mut page = world.page(&session);
    till.rail(Rail::Unknown);
    page.send("requestPayment", call_of(&one()));
    sheet.wait_for_states(2);
    world.engine.block_on(world.engine.log_out("ann")).expect("logs out");
    let count =
        |db: &rusqlite::Connection| db.query_row("SELECT COUNT(*) FROM engine_payment", [], |row| row.get(0));
    let left: u64 = world.engine.store().database().read(count).expect("readable");
    assert_eq!(left, 0);
    let asked = till.posted().len();
    let world = world.restarted_with(till.setup(&sheet));
    let session = open(&world);
    world.page(&session).call("getStorageInfo", json!({}));
    assert_eq!(till.posted().len(), asked, "nobody goes on with it");
}

fn on_disk(world: &World, sql: &str) {
    world.engine.store().database().write(|db| db.execute_batch(sql)).expect("done");
}

#[test]
fn a_confirmation_that_cannot_be_written_is_not_sent() {
    let (world, till, sheet) = shop(Press::Wait);
    let session = open(&world);
    let mut page = world.page(&session);
    let id = page.send("requestPayment", call_of(&one()));
    sheet.wait_for_sheets(1);
    on_disk(
        &world,
        "CREATE TRIGGER full BEFORE INSERT ON engine_payment BEGIN SELECT RAISE(ABORT, 'disk full'); END;",
    );
    sheet.press(Press::Agree);
    assert!(unknown(&page.answer(id)), "it may be on the disk");
    assert_eq!((till.posted().len(), sheet.states()), (0, vec![State::Paying, State::Closed]));
    on_disk(&world, "DROP TRIGGER full;");
    page.call("requestPayment", call_of(&one()));
    assert_eq!((till.paid(), till.posted().len()), (vec![1], 1));
}

#[test]
fn a_journal_that_cannot_be_read_says_nothing_about_its_order_and_stops_no_other() {
    let orders = [one(), order("2", &SystemClock)];
    let (till, sheet) = (Till::new(&orders), Counter::new(Press::Agree));
    let world = till.world(&sheet);
    let session = open(&world);
    let mut page = world.page(&session);
    till.weather(&[Weather::LoseAnswer]);
    let id = page.send("requestPayment", call_of(&orders[0]));
    sheet.wait_for_states(2);
    sheet.leave(true);
    assert!(unknown(&page.answer(id)));
    sheet.leave(false);
    on_disk(&world, "UPDATE engine_payment SET sealed = x'00';");
    drop(session);
    let world = world.restarted_with(till.setup(&sheet));
    let session = open(&world);
    let mut page = world.page(&session);
    let posted = till.posted().len();
    page.call("requestPayment", call_of(&orders[1]));
    assert_eq!(till.posted().len(), posted + 1);
    // The server says that the first is paid. One that would hand it out again is not enough to pay it twice.
    page.call("requestPayment", call_of(&orders[0]));
    till.trust_the_journal();
    let id = page.send("requestPayment", call_of(&orders[0]));
    assert!(unknown(&page.answer(id)));
    assert_eq!((till.paid(), till.posted().len()), (vec![1, 1], posted + 1));
}

/// The journal as it lies on the disk.
fn rows(world: &World) -> Vec<Vec<u8>> {
    let sealed = |db: &rusqlite::Connection| {
        db.prepare("SELECT sealed FROM engine_payment")?.query_map([], |row| row.get(0))?.collect()
    };
    world.engine.store().database().read(sealed).expect("readable")
}

#[test]
fn row_23_two_processes_pay_once() {
    let (world, till, sheet) = shop(Press::Wait);
    let session = open(&world);
    let mut page = world.page(&session);
    let id = page.send("requestPayment", call_of(&one()));
    sheet.wait_for_sheets(1);
    // The other one starts while the sheet is open: what was not sent is cancelled, and can be sent no more.
    let before = rows(&world);
    let other = world.beside(till.setup(&sheet));
    while rows(&world) == before {
        std::thread::yield_now();
    }
    sheet.press(Press::Agree);
    assert_eq!(page.answer(id)["err"]["errMsg"], "requestPayment:fail cancel");
    assert_eq!(till.posted().len(), 0);
    drop(other);
    // And while nobody knows whether it was paid: both go on with the same bytes.
    till.weather(&[Weather::LoseAnswer]);
    till.trust_the_journal();
    let id = page.send("requestPayment", call_of(&one()));
    sheet.wait_for_states(4);
    let other = world.beside(till.setup(&sheet));
    till.wait_for_posts(2);
    world.engine.set_network("wifi");
    assert_eq!(page.answer(id)["ok"], json!({}));
    let posted = till.posted();
    assert!(posted.iter().all(|request| *request == posted[0]));
    assert_eq!(till.paid(), [1]);
    drop(other);
}
