//! How others manage those who work here.

use emart_http::Page;
use emart_mesh::{Call, CallError};

use crate::{Identity, PutRole, RoleId, StaffMember, StaffPatch, StaffRole, UserId};

impl Identity {
    /// All roles of staff.
    pub async fn roles(&self) -> Result<Page<StaffRole>, CallError> {
        Call::get(&self.0, "/api/v1/identity/roles?limit=100").send().await
    }

    /// A role; `None` when there is none with this id.
    pub async fn role(&self, id: &RoleId) -> Result<Option<StaffRole>, CallError> {
        Call::get(&self.0, format!("/api/v1/identity/roles/{id}")).optional().await
    }

    /// Makes a role.
    pub async fn create_role(&self, role: &PutRole) -> Result<StaffRole, CallError> {
        Call::post(&self.0, "/api/v1/identity/roles").json(role).send().await
    }

    /// Changes a role, if it still is the version that `if_match` names.
    pub async fn put_role(
        &self,
        id: &RoleId,
        if_match: &str,
        role: &PutRole,
    ) -> Result<StaffRole, CallError> {
        let call = Call::put(&self.0, format!("/api/v1/identity/roles/{id}"));
        call.header("if-match", if_match).json(role).send().await
    }

    /// Takes away a role that nobody has.
    pub async fn delete_role(&self, id: &RoleId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/identity/roles/{id}")).done().await
    }

    /// Those who work here, the longest here first.
    pub async fn staff(&self) -> Result<Page<StaffMember>, CallError> {
        Call::get(&self.0, "/api/v1/identity/staff?limit=100").send().await
    }

    /// Someone who works here; `None` when nobody does with this id.
    pub async fn staff_member(&self, id: &UserId) -> Result<Option<StaffMember>, CallError> {
        Call::get(&self.0, format!("/api/v1/identity/staff/{id}")).optional().await
    }

    /// Changes what somebody may do, if they still are the version that `if_match` names.
    pub async fn patch_staff(
        &self,
        id: &UserId,
        if_match: &str,
        patch: &StaffPatch,
    ) -> Result<StaffMember, CallError> {
        let call = Call::patch(&self.0, format!("/api/v1/identity/staff/{id}"));
        call.header("if-match", if_match).json(patch).send().await
    }

    /// Ends somebody's work here.
    pub async fn delete_staff(&self, id: &UserId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/identity/staff/{id}")).done().await
    }
}
