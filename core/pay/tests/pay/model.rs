//! Random histories of devices, processes, disks, clocks and a network, against a model of the server.
use crate::{
    rows::{Content, Fault, Rows},
    server::{Rail, Server},
    signing::{NOW, checked, order},
};
use lodger_pay::{
    journal::{Answer, Attempt, Begun, Journal, Next, Outcome, Request},
    order::{Checked, Order},
};
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};

const ORDERS: usize = 3;
const LIFE: [u64; ORDERS] = [60, 600, 7200];

static CHECKED: LazyLock<Vec<Checked>> = LazyLock::new(|| {
    let order = |at: usize| Order { order: format!("o-{at}"), expires: NOW + LIFE[at], ..order() };
    (0..ORDERS).map(|at| checked(&order(at))).collect()
});

#[derive(Clone, Debug)]
enum Step {
    /// The page asks, in a process of a device.
    Begin {
        device: usize,
        process: usize,
        order: usize,
    },
    /// The user confirms the n-th sheet.
    Confirm(usize),
    /// The user closes the n-th sheet, or leaves while it is being checked.
    Cancel(usize),
    /// The engine goes on with the n-th call.
    Poll(usize),
    /// The n-th thing on its way to the server arrives; perhaps again later.
    Arrive {
        which: usize,
        again: bool,
        rail: Rail,
    },
    /// The n-th answer arrives; perhaps again later.
    Answer {
        which: usize,
        again: bool,
    },
    LoseRequest(usize),
    /// The n-th answer is lost: the engine sees a time-out.
    LoseAnswer(usize),
    /// A process dies and starts again.
    Die {
        device: usize,
        process: usize,
    },
    /// A device loses its power; perhaps what was in limbo had been written.
    PowerLoss {
        device: usize,
        keep: bool,
    },
    Disk {
        device: usize,
        fault: Fault,
    },
    Wait(u64),
    Clock {
        device: usize,
        ahead: i64,
    },
    /// The rail makes up its mind about the n-th charge.
    Rail {
        which: usize,
        rail: Rail,
    },
    /// The merchant closes an order that nobody is paying.
    Close(usize),
    Backup(usize),
    Restore(usize),
}

fn step(devices: usize) -> impl Strategy<Value = Step> {
    let device = 0..devices;
    let rail = prop_oneof![Just(Rail::Paid), Just(Rail::Unknown), Just(Rail::Refused)];
    let fault = prop_oneof![
        3 => Just(Fault::None),
        1 => Just(Fault::Full),
        1 => Just(Fault::Written),
        1 => Just(Fault::Fsync),
        1 => Just(Fault::Dead),
    ];
    let n = 0usize..8;
    prop_oneof![
        8 => (device.clone(), 0usize..2, 0..ORDERS).prop_map(|(device, process, order)| Step::Begin { device, process, order }),
        8 => n.clone().prop_map(Step::Confirm),
        2 => n.clone().prop_map(Step::Cancel),
        6 => n.clone().prop_map(Step::Poll),
        8 => (n.clone(), any::<bool>(), rail.clone()).prop_map(|(which, again, rail)| Step::Arrive { which, again, rail }),
        6 => (n.clone(), any::<bool>()).prop_map(|(which, again)| Step::Answer { which, again }),
        1 => n.clone().prop_map(Step::LoseRequest),
        2 => n.clone().prop_map(Step::LoseAnswer),
        2 => (device.clone(), 0usize..2).prop_map(|(device, process)| Step::Die { device, process }),
        2 => (device.clone(), any::<bool>()).prop_map(|(device, keep)| Step::PowerLoss { device, keep }),
        3 => (device.clone(), fault).prop_map(|(device, fault)| Step::Disk { device, fault }),
        2 => prop_oneof![Just(1u64), Just(30), Just(60), Just(600), Just(7200)].prop_map(Step::Wait),
        1 => (device.clone(), prop_oneof![Just(0i64), Just(-100_000), Just(-90), Just(90), Just(100_000)]).prop_map(|(device, ahead)| Step::Clock { device, ahead }),
        3 => (n, rail).prop_map(|(which, rail)| Step::Rail { which, rail }),
        1 => (0..ORDERS).prop_map(Step::Close),
        1 => device.clone().prop_map(Step::Backup),
        1 => device.prop_map(Step::Restore),
    ]
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    Sheet,
    Checking,
    Told(Outcome),
}

/// A page's call, or what a start found.
struct Call {
    device: usize,
    process: usize,
    order: usize,
    attempt: Attempt,
    stage: Stage,
    /// Its process is gone: nobody hears of it any more.
    dead: bool,
}

enum Packet {
    Post(Request),
    Query,
}

struct Device {
    rows: Arc<Rows>,
    processes: [Journal; 2],
    ahead: i64,
    backup: Option<Content>,
}

struct World {
    server: Server,
    devices: Vec<Device>,
    calls: Vec<Call>,
    requests: Vec<(usize, Packet)>,
    answers: Vec<(usize, Answer)>,
    made: usize,
}

impl World {
    fn new(devices: usize, one_charge_per_order: bool) -> Self {
        let device = |_| {
            let rows = Arc::new(Rows::default());
            let journal = || Journal::new(rows.clone());
            Device { processes: [journal(), journal()], rows, ahead: 0, backup: None }
        };
        Self {
            server: Server::new(NOW, LIFE.map(|life| NOW + life).to_vec(), one_charge_per_order),
            devices: (0..devices).map(device).collect(),
            calls: vec![],
            requests: vec![],
            answers: vec![],
            made: 0,
        }
    }

    fn now(&self, device: usize) -> u64 {
        self.server.now.saturating_add_signed(self.devices[device].ahead)
    }

    fn journal(&self, call: usize) -> (&Journal, &Attempt, u64) {
        let Call { device, process, attempt, .. } = &self.calls[call];
        (&self.devices[*device].processes[*process], attempt, self.now(*device))
    }

    fn live(&self, which: usize, stage: &Stage) -> Option<usize> {
        let fits = |call: &Call| !call.dead && call.stage == *stage;
        let calls: Vec<_> = (0..self.calls.len()).filter(|at| fits(&self.calls[*at])).collect();
        (!calls.is_empty()).then(|| calls[which % calls.len()])
    }

    fn tell(&mut self, call: usize, outcome: Outcome) {
        if outcome == Outcome::Paid {
            assert!(self.server.is_paid(self.calls[call].order), "told that it is paid, and it is not");
        }
        self.calls[call].stage = Stage::Told(outcome);
        self.check();
    }

    fn go_on(&mut self, call: usize, next: Next) {
        match next {
            Next::Send(request) => {
                assert_eq!(request.key, self.calls[call].attempt.key);
                self.requests.push((call, Packet::Post(request)));
                self.calls[call].stage = Stage::Checking;
            }
            Next::Query => {
                self.requests.push((call, Packet::Query));
                self.calls[call].stage = Stage::Checking;
            }
            Next::End(outcome) => self.tell(call, outcome),
        }
    }

    fn start(&mut self, device: usize, process: usize) {
        for call in self.calls.iter_mut().filter(|call| (call.device, call.process) == (device, process)) {
            call.dead = true;
        }
        let journal = Journal::new(self.devices[device].rows.clone());
        let found = journal.recover(self.now(device)).unwrap();
        assert_eq!(found.damaged, 0);
        self.devices[device].processes[process] = journal;
        for attempt in found.unresolved {
            let order = attempt.order[2..].parse().unwrap();
            self.calls.push(Call { device, process, order, attempt, stage: Stage::Checking, dead: false });
        }
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Begin { device, process, order } => {
                // The server refuses to hand out an order that is paid; without that rule, the journal stands alone.
                let refused = self.server.one_charge_per_order && self.server.is_paid(order);
                if refused || self.server.closed[order] {
                    return;
                }
                let now = self.now(device);
                let journal = &self.devices[device].processes[process];
                let (attempt, stage) = match journal.begin(&CHECKED[order], now) {
                    Ok(Begun::New(attempt)) => {
                        if journal.shown(&attempt, now).is_err() {
                            let outcome = journal.fail(&attempt, "storage", now);
                            (attempt, Stage::Told(outcome))
                        } else {
                            (attempt, Stage::Sheet)
                        }
                    }
                    Ok(Begun::Unresolved(attempt)) => (attempt, Stage::Checking),
                    Ok(Begun::Paid) => return assert!(self.server.is_paid(order)),
                    Ok(Begun::Busy) | Err(_) => return,
                };
                self.calls.push(Call { device, process, order, attempt, stage, dead: false });
            }
            Step::Confirm(which) => {
                let Some(call) = self.live(which, &Stage::Sheet) else { return };
                self.made += 1;
                let (journal, attempt, now) = self.journal(call);
                // A new text each time: bytes that are made again would be seen.
                let request =
                    Request { key: attempt.key.clone(), body: format!("confirmation {}", self.made) };
                let next = journal.confirm(attempt, request, now);
                self.go_on(call, next);
            }
            Step::Cancel(which) => {
                let Some(call) =
                    self.live(which, &Stage::Sheet).or_else(|| self.live(which, &Stage::Checking))
                else {
                    return;
                };
                let (journal, attempt, now) = self.journal(call);
                let outcome = journal.cancel(attempt, now);
                self.tell(call, outcome);
            }
            Step::Poll(which) => {
                let Some(call) = self.live(which, &Stage::Checking) else { return };
                let (journal, attempt, now) = self.journal(call);
                let next = journal.next(attempt, now);
                self.go_on(call, next);
            }
            Step::Arrive { which, again, rail } => {
                if self.requests.is_empty() {
                    return;
                }
                let which = which % self.requests.len();
                let (call, packet) = &self.requests[which];
                let (call, order) = (*call, self.calls[*call].order);
                let answer = match packet {
                    Packet::Post(request) => self.server.post(order, request, rail),
                    Packet::Query => self.server.query(order, &self.calls[call].attempt.key),
                };
                self.answers.push((call, answer));
                if !again {
                    self.requests.remove(which);
                }
                self.check();
            }
            Step::Answer { which, again } => {
                if self.answers.is_empty() {
                    return;
                }
                let which = which % self.answers.len();
                let (call, answer) = self.answers[which].clone();
                if !again {
                    self.answers.remove(which);
                }
                self.hear(call, &answer);
            }
            Step::LoseRequest(which) => {
                if !self.requests.is_empty() {
                    self.requests.remove(which % self.requests.len());
                }
            }
            Step::LoseAnswer(which) => {
                if !self.answers.is_empty() {
                    let (call, _) = self.answers.remove(which % self.answers.len());
                    self.hear(call, &Answer::Unclear);
                }
            }
            Step::Die { device, process } => self.start(device, process),
            Step::PowerLoss { device, keep } => {
                self.devices[device].rows.power_loss(keep);
                self.start(device, 0);
                self.start(device, 1);
            }
            Step::Disk { device, fault } => self.devices[device].rows.set(fault),
            Step::Wait(seconds) => self.server.now += seconds,
            Step::Clock { device, ahead } => self.devices[device].ahead = ahead,
            Step::Rail { which, rail } => {
                let open = |charge: &&mut crate::server::Charge| charge.rail == Rail::Unknown;
                let mut charges: Vec<_> = self.server.charges.iter_mut().filter(open).collect();
                if !charges.is_empty() {
                    let which = which % charges.len();
                    charges[which].rail = rail;
                }
                self.check();
            }
            Step::Close(order) => {
                let busy =
                    |charge: &crate::server::Charge| charge.order == order && charge.rail != Rail::Refused;
                if !self.server.charges.iter().any(busy) {
                    self.server.closed[order] = true;
                }
            }
            // Against a restored backup a journal alone is powerless: the server's rule is needed.
            Step::Backup(_) | Step::Restore(_) if !self.server.one_charge_per_order => {}
            Step::Backup(device) => {
                self.devices[device].backup = Some(self.devices[device].rows.content());
            }
            Step::Restore(device) => {
                if let Some(content) = self.devices[device].backup.clone() {
                    self.devices[device].rows.restore(content);
                    self.start(device, 0);
                    self.start(device, 1);
                }
            }
        }
    }

    /// An answer reaches the process that asked, if it is alive.
    fn hear(&mut self, call: usize, answer: &Answer) {
        if self.calls[call].dead {
            return;
        }
        let (journal, attempt, now) = self.journal(call);
        let next = journal.answer(attempt, answer, now);
        if self.calls[call].stage == Stage::Checking {
            // What is still open is polled later.
            if let Next::End(outcome) = next {
                self.tell(call, outcome);
            }
        }
    }

    fn check(&self) {
        assert!(!self.server.confused, "one key was sent with two bodies");
        for order in 0..ORDERS {
            let paid = |charge: &&crate::server::Charge| charge.order == order && charge.rail == Rail::Paid;
            assert!(self.server.charges.iter().filter(paid).count() <= 1, "two charges for one order");
        }
        for call in &self.calls {
            if let Stage::Told(Outcome::Cancelled | Outcome::Failed { .. } | Outcome::Expired) = call.stage {
                let open = self
                    .server
                    .charges
                    .iter()
                    .any(|charge| charge.key == call.attempt.key && charge.rail != Rail::Refused);
                assert!(!open, "told {:?}, and the money may go", call.stage);
            }
        }
    }

    /// Everything heals: disks, network, clocks; whatever is still on its way arrives, and rails pay.
    fn settle(&mut self) {
        for device in 0..self.devices.len() {
            self.devices[device].rows.set(Fault::None);
            self.devices[device].ahead = 0;
        }
        for (call, packet) in std::mem::take(&mut self.requests) {
            if let Packet::Post(request) = packet {
                let order = self.calls[call].order;
                self.server.post(order, &request, Rail::Paid);
            }
        }
        self.check();
        for round in 0..6 {
            for device in 0..self.devices.len() {
                self.start(device, 0);
            }
            for call in (0..self.calls.len()).filter(|call| !self.calls[*call].dead).collect::<Vec<_>>() {
                if self.calls[call].stage == Stage::Checking {
                    let (journal, attempt, now) = self.journal(call);
                    let next = journal.next(attempt, now);
                    self.go_on(call, next);
                }
            }
            while !self.requests.is_empty() {
                self.step(&Step::Arrive { which: 0, again: false, rail: Rail::Paid });
                self.step(&Step::Answer { which: self.answers.len() - 1, again: false });
            }
            for charge in &mut self.server.charges {
                if charge.rail == Rail::Unknown {
                    charge.rail = Rail::Paid;
                }
            }
            self.check();
            if round > 2 {
                self.server.now += 10_000;
            }
        }
        for device in 0..self.devices.len() {
            let journal = Journal::new(self.devices[device].rows.clone());
            let found = journal.recover(self.now(device)).unwrap();
            assert_eq!(found.unresolved, [], "never resolved");
        }
    }

    /// On one device without restored backups, a paid order is known to be paid.
    fn no_paid_order_is_lost(&self) {
        for order in 0..ORDERS {
            let begun = self.devices[0].processes[0].begin(&CHECKED[order], self.now(0)).unwrap();
            assert_eq!(begun == Begun::Paid, self.server.is_paid(order), "order {order}");
        }
    }
}

/// Enough for a rule that is broken to be seen in every run; `PROPTEST_CASES=10000` asks for more.
fn histories() -> u32 {
    ProptestConfig::default().cases.max(1000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: histories(), failure_persistence: None, ..ProptestConfig::default() })]

    /// One device, two processes, and a server that would charge every key: the journal alone holds.
    #[test]
    fn one_device_pays_an_order_once(steps in prop::collection::vec(step(1), 1..60)) {
        let mut world = World::new(1, false);
        steps.iter().for_each(|step| world.step(step));
        world.settle();
        world.no_paid_order_is_lost();
    }

    /// Two devices of one user, restored backups, and the server's rule of one charge for each order.
    #[test]
    fn two_devices_pay_an_order_once(steps in prop::collection::vec(step(2), 1..80)) {
        let mut world = World::new(2, true);
        steps.iter().for_each(|step| world.step(step));
        world.settle();
    }
}
