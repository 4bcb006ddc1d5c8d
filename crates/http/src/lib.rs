//! What every service's HTTP edge shares: problem documents, extractors, paging, who is calling, how a service
//! is put together.

mod audit;
mod caller;
mod context;
mod etag;
mod extract;
mod idempotency;
mod openapi;
mod page;
pub mod permission;
mod problem;
mod seal;
mod service;
mod stream;
mod strict;

pub use audit::AuditRecord;
pub use caller::{Caller, Role, SignedIn, Staff};
pub use context::{CLIENT_HEADER, Context, DEADLINE_HEADER, REQUEST_ID_HEADER};
pub use etag::{ETag, IfMatch};
pub use extract::{Form, Json, Path, Query};
pub use idempotency::{Fingerprint, IdempotencyKey};
pub use page::{Cursor, Page, PageQuery};
pub use permission::{Permission, Permissions, UnknownPermission};
pub use problem::{Problem, problem_response};
pub use seal::Seal;
pub use service::{BODY_LIMIT, Ready, Service};
pub use stream::{Stopping, asks_for_websocket, is_event_stream};
