//! One module for each command: its arguments, and what it does.

pub mod admin;
pub mod app;
pub mod build;
pub mod check;
pub mod doctor;
pub mod drive;
pub mod explain;
pub mod inspect;
pub mod keys;
pub mod new;
pub mod publish;
pub mod release;
pub mod repo;
pub mod run;
pub mod serve;
pub mod smoke;
