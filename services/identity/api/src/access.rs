//! What staff may do, as others see it: roles, and who has which.

use emart_http::{Permissions, Role};
use emart_types::{Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::UserId;

typed_id!(
    /// A named set of permissions.
    RoleId,
    "rol"
);

/// A named set of permissions that staff are given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StaffRole {
    /// The role.
    pub id: RoleId,
    /// What people call it.
    pub name: String,
    /// What whoever has it may do.
    pub permissions: Permissions,
    /// Whether it comes with the store and cannot be changed.
    pub built_in: bool,
    /// How many people have it.
    pub people: u32,
    /// Counts its changes; the number in its `ETag`.
    pub version: u64,
}

/// Makes or changes a role. Nobody can put in what they may not do themselves.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutRole {
    /// 1 to 60 characters, unlike any other role's.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// What whoever has it may do.
    #[serde(deserialize_with = "emart_http::permission::given")]
    pub permissions: Permissions,
}

/// The name and id of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleName {
    /// The role.
    pub id: RoleId,
    /// What people call it.
    pub name: String,
}

/// Someone who works here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StaffMember {
    /// The person.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// What they like to be called.
    pub name: Option<String>,
    /// `admin`, who may do everything, or `staff`.
    pub role: Role,
    /// What staff may do; administrators have none and need none.
    pub staff_role: Option<RoleName>,
    /// All that they may do.
    pub permissions: Permissions,
    /// Whether they can sign in.
    pub active: bool,
    /// Whether they need a code beside their password.
    pub two_factor: bool,
    /// Since when they have the account.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// Counts changes of what they may do; the number in the `ETag`.
    pub version: u64,
}

/// What somebody is to be in the shop: an administrator, or staff with a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// May do everything. Only administrators make administrators.
    Admin,
    /// May do what the role says.
    Role(RoleId),
}

/// Changes what somebody may do. What is left out stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffPatch {
    /// What they are to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// `false`: they cannot sign in any more, and all that is signed in or works in their name ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
}
