//! Random histories of payments through the real engine, its database and its threads, against the model of the server: a
//! server that would charge every key. What is told must be true when it is told, and no order is ever charged twice.
use crate::support::*;
use lodger_engine::{PaymentState, SystemClock};
use proptest::prelude::*;
use serde_json::Value;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

const ORDERS: usize = 2;

/// How a call is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leave {
    /// The user waits for the end.
    Stay,
    /// The user closes the sheet while it is being checked.
    Sheet,
    /// The program is closed as soon as something is shown.
    Program,
    /// The process ends as soon as something is shown.
    Process,
}

#[derive(Clone, Debug)]
struct Call {
    order: usize,
    agree: bool,
    weather: Vec<Weather>,
    rail: Rail,
    /// How the rail decides what it left open.
    decides: Rail,
    leave: Leave,
}

fn call() -> impl Strategy<Value = Call> {
    let weather = prop_oneof![
        2 => Just(Weather::Fine),
        2 => Just(Weather::LoseRequest),
        3 => Just(Weather::LoseAnswer),
        1 => Just(Weather::Say(500, r#"{"state":"refused","code":"x"}"#)),
        1 => Just(Weather::Say(200, "{}")),
    ];
    let rail = || prop_oneof![Just(Rail::Paid), Just(Rail::Refused), Just(Rail::Unknown)];
    let decides = prop_oneof![Just(Rail::Paid), Just(Rail::Refused)];
    let leave =
        prop_oneof![Just(Leave::Stay), Just(Leave::Sheet), Just(Leave::Program), Just(Leave::Process)];
    (0..ORDERS, prop::bool::weighted(0.8), prop::collection::vec(weather, 0..4), rail(), decides, leave)
        .prop_map(|(order, agree, weather, rail, decides, leave)| Call {
            order,
            agree,
            weather,
            rail,
            decides,
            leave,
        })
}

/// The answer to a call; `None` if the session ended first.
fn answer(world: &World, session: &lodger_engine::Session, doc: &str, id: u64) -> Option<Value> {
    let url = format!("{}/.lodger/events", session.start_url().trim_end_matches('/'));
    loop {
        let loaded = world.load(session, "GET", &url, &[("X-Lodger-Session", doc)]);
        let messages = (loaded.status == 200).then(|| loaded.json())?;
        let messages = messages.as_array().filter(|messages| !messages.is_empty())?.clone();
        if let Some(found) = messages.into_iter().find(|message| message["id"] == id) {
            return Some(found);
        }
    }
}

struct History {
    till: Arc<Till>,
    sheet: Arc<Counter>,
    orders: Vec<lodger_pay::order::Order>,
}

impl History {
    /// Carries out one call; gives the process that goes on.
    fn carry_out(&self, world: World, call: &Call) -> World {
        let (till, sheet) = (&self.till, &self.sheet);
        let (sheets, states) = (sheet.shown().len(), sheet.states().len());
        till.weather(&call.weather);
        till.rail(call.rail);
        sheet.leave(call.leave == Leave::Sheet);
        sheet.press(if call.agree { Press::Agree } else { Press::Refuse });
        let (session, _) = world.open();
        let told = {
            let mut page = world.page(&session);
            let id = page.send("requestPayment", call_of(&self.orders[call.order]));
            let (doc, over) = (page.doc.clone(), AtomicBool::new(false));
            thread::scope(|scope| {
                let waiting = scope.spawn(|| {
                    let told = answer(&world, &session, &doc, id);
                    over.store(true, Ordering::SeqCst);
                    sheet.wake();
                    told
                });
                let is_over = || over.load(Ordering::SeqCst);
                if matches!(call.leave, Leave::Program | Leave::Process) {
                    sheet.wait_for_more(sheets, states, &is_over);
                    session.close();
                }
                // Whatever is left open is decided once it has been seen to be open, and the network comes back.
                let mut seen = states;
                while call.leave == Leave::Stay && !is_over() {
                    sheet.wait_for_more(usize::MAX, seen, &is_over);
                    seen = sheet.states().len();
                    if sheet.states().last() == Some(&PaymentState::Checking) {
                        till.decide(call.decides);
                        world.engine.set_network("wifi");
                    }
                }
                waiting.join().expect("no panic")
            })
        };
        if let Some(told) = told {
            self.check(call, &told);
        }
        drop(session);
        match call.leave {
            Leave::Process => world.restarted_with(till.setup(sheet)),
            _ => world,
        }
    }

    /// What a page is told is true, and stays true.
    fn check(&self, call: &Call, told: &Value) {
        let paid = self.till.paid()[call.order] == 1;
        match told["err"]["errMsg"].as_str() {
            None => assert!(paid, "{told}"),
            Some(reason) if told["err"]["errno"] == 9_000_001 => {
                assert_eq!(reason, "requestPayment:fail result unknown, query the order");
            }
            Some(reason) => assert!(!self.till.may_be_paid(call.order), "{reason}, and the money may go"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_is_charged_twice_and_what_is_told_is_true(calls in prop::collection::vec(call(), 1..7)) {
        let orders: Vec<_> = (0..ORDERS).map(|at| order(&at.to_string(), &SystemClock)).collect();
        let (till, sheet) = (Till::new(&orders), Counter::new(Press::Agree));
        till.trust_the_journal();
        let history = History { till, sheet, orders };
        let mut world = history.till.world(&history.sheet);
        for call in &calls {
            world = history.carry_out(world, call);
            prop_assert!(history.till.paid().iter().all(|paid| *paid <= 1), "{:?}", history.till.paid());
        }
        // All is well again: every order can be paid, and the device knows which was.
        for order in 0..ORDERS {
            history.till.decide(Rail::Paid);
            world.engine.set_network("wifi");
            let fine = Call { order, agree: true, weather: vec![], rail: Rail::Paid, decides: Rail::Paid, leave: Leave::Stay };
            let unpaid = !history.till.may_be_paid(order);
            let before = history.till.paid()[order];
            world = history.carry_out(world, &fine);
            prop_assert!(history.till.paid()[order] == 1, "unpaid: {unpaid}, paid before: {before}");
        }
        prop_assert_eq!(history.till.paid(), vec![1; ORDERS]);
    }
}
