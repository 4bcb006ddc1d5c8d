//! What the gateway keeps, for whom, for how long, and what it shows while a service is away.

mod away;
mod kept;
mod personal;
mod source;
