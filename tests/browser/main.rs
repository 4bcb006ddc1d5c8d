//! The shop as people see it: headless Chromium, at a desk and on a phone, with scripts and without.

mod accessibility;
mod back_office;
mod buying;
mod chromium;
mod clerk;
mod goods;
mod office;
mod owner;
mod passkeys;
mod refused;
mod selling;
mod shop;
mod shopper;
