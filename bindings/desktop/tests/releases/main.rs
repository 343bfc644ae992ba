//! Hostile repositories over real HTTP: an operator's repository by lodger-server, a server that misbehaves, and the
//! real engine with the desktop's real HTTP. Each attack is refused with its kind and code; nothing is left behind in
//! the store; the old release still opens, and its code is the publisher's.
//!
//! All of it is row 38 of the attacks that Lodger answers (rollback, freeze, late revocation: TUF) and DESIGN 5 to 7:
//!
//! | attack | test |
//! |---|---|
//! | altered role, index | `metadata::an_altered_role_or_index` |
//! | old timestamp; old or mixed snapshot | `metadata::an_old_timestamp`, `metadata::an_old_snapshot_and_a_mix_of_two` |
//! | another program's repository or index | `metadata::another_programs_repository_and_index` |
//! | captive portal, redirects, missing files | `metadata::a_sign_in_page`, `network::redirects_are_not_followed`, `network::refusals_and_missing_files` |
//! | wrong rotation, below threshold, another root | `roots` |
//! | stolen server keys: code, floor, un-revoking, stopping until rotation; a publisher who signs a channel | `stolen` |
//! | all expired; the clock moved both ways | `time` |
//! | a crash loop to get below the floor | `crashes` |
//! | altered, truncated, endless, dripping streams and patches; bombs; ranges that lie; a broken connection | `transfers` |
//! | subpackages, forced updates and presets that were changed; a preset below the floor | `ways` |
//! | endless, dripping metadata; lengths that lie | `network` |
#![allow(clippy::unwrap_used)] // a test's helpers may panic as tests do

mod crashes;
mod metadata;
mod network;
mod phone;
mod roots;
mod server;
mod stolen;
mod thief;
mod time;
mod transfers;
mod ways;
mod world;
