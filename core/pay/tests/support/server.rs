//! The server's side of `core/docs/payment.md`, in a few plain fields.
use lodger_pay::journal::{Answer, Request};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rail {
    Unknown,
    Paid,
    Refused,
}

#[derive(Clone, Debug)]
pub struct Charge {
    pub order: usize,
    /// The key that began it.
    pub key: String,
    pub rail: Rail,
}

enum Entry {
    Charge(usize),
    Refused(&'static str),
}

pub struct Server {
    pub now: u64,
    /// When each order ends.
    pub ends: Vec<u64>,
    pub closed: Vec<bool>,
    pub charges: Vec<Charge>,
    /// Body and fate of each key.
    keys: BTreeMap<String, (Option<String>, Entry)>,
    /// Without it, each key is charged on its own: then only the journal stands between a user and two charges.
    pub one_charge_per_order: bool,
    /// One key came with two bodies.
    pub confused: bool,
}

impl Server {
    pub fn new(now: u64, ends: Vec<u64>, one_charge_per_order: bool) -> Self {
        let closed = vec![false; ends.len()];
        let (charges, keys) = (vec![], BTreeMap::new());
        Self { now, ends, closed, charges, keys, one_charge_per_order, confused: false }
    }

    pub fn is_paid(&self, order: usize) -> bool {
        self.charges.iter().any(|charge| charge.order == order && charge.rail == Rail::Paid)
    }

    /// `POST /lodger/v1/payments`.
    pub fn post(&mut self, order: usize, request: &Request, rail: Rail) -> Answer {
        if let Some((body, entry)) = self.keys.get(&request.key) {
            if body.as_ref().is_some_and(|body| *body != request.body) {
                self.confused = true;
                return Answer::Unclear;
            }
            return self.say(entry);
        }
        let other = self.other(order);
        let entry = match other {
            Some(charge) => Entry::Charge(charge),
            None if self.now >= self.ends[order] => Entry::Refused("order_expired"),
            None if self.closed[order] => Entry::Refused("order_closed"),
            None => {
                self.charges.push(Charge { order, key: request.key.clone(), rail });
                Entry::Charge(self.charges.len() - 1)
            }
        };
        let answer = self.say(&entry);
        self.keys.insert(request.key.clone(), (Some(request.body.clone()), entry));
        answer
    }

    /// `GET /lodger/v1/payments/{key}?order=`.
    pub fn query(&mut self, order: usize, key: &str) -> Answer {
        if let Some((_, entry)) = self.keys.get(key) {
            return self.say(entry);
        }
        if let Some(charge) = self.other(order) {
            return match self.charges[charge].rail {
                Rail::Paid => Answer::Paid,
                _ => Answer::Absent { last: false },
            };
        }
        let last = self.now >= self.ends[order] || self.closed[order];
        if last {
            self.keys.insert(key.to_owned(), (None, Entry::Refused("order_expired")));
        }
        Answer::Absent { last }
    }

    /// A charge of the order that is paid or may be, begun by another key.
    fn other(&self, order: usize) -> Option<usize> {
        let holds = |charge: &Charge| charge.order == order && charge.rail != Rail::Refused;
        self.one_charge_per_order.then(|| self.charges.iter().position(holds)).flatten()
    }

    fn say(&self, entry: &Entry) -> Answer {
        match entry {
            Entry::Refused(code) => Answer::Refused { code: (*code).into() },
            Entry::Charge(charge) => match self.charges[*charge].rail {
                Rail::Paid => Answer::Paid,
                Rail::Unknown => Answer::Processing,
                Rail::Refused => Answer::Refused { code: "not_enough".into() },
            },
        }
    }
}
