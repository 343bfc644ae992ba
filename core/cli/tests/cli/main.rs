//! The built command, from outside: help, exit codes, and the way from nothing to a bundle.

mod build;
mod check;
mod help;
mod publish;
mod support;
