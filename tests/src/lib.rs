//! Muster's whole system on one machine: what `cargo local` shows and the story tests run on.

mod answers;
mod branch;
mod cloud;
mod escalation;
mod event_file;
mod faults;
mod functions;
mod home;
mod issuer;
mod lane;
mod messages;
mod ministack;
mod outside;
mod progress;
mod python;
mod reading;
mod rules;
mod stack;
mod standin;
mod story;
mod system;
mod told;
mod users;
mod wire;

pub use answers::{Answer, Decision, Delivery, End};
pub use branch::{Branch, ORIGIN};
pub use event_file::events;
pub use home::{Home, repository};
pub use lane::{Lane, Sent, until};
pub use messages::{Channel, Message};
pub use progress::{Progress, complain, say};
pub use reading::findings;
pub use story::{Told, load_roster, tell};
pub use system::{Options, System};
pub use wire::{Fault, Kind, Wire};
