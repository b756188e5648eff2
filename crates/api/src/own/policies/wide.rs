//! `/api/narrowgate/v1/policies/tenant` and `/api/narrowgate/v1/policies/instance`: what administrators set for all tokens.

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;
use narrowgate_store::policies::PolicyScope;

use super::view::{PolicyBody, PolicyView};
use super::write;
use crate::caller::Caller;
use crate::own::access;
use crate::own::input::Body;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// The handlers of one scope: its path, the ids and descriptions of its operations, and the scope of a caller.
macro_rules! handlers {
    (
        $name:ident at $path:tt,
        show $show_id:tt $show:tt,
        put $put_id:tt $put:tt,
        remove $remove_id:tt $remove:tt,
        $scope:expr
    ) => {
        pub(in crate::own) mod $name {
            use super::*;

            #[doc = $show]
            #[utoipa::path(
                        get,
                        path = $path,
                        operation_id = $show_id,
                        tag = "policies",
                        responses((status = 200, description = "The policy", body = PolicyView))
                    )]
            pub(in crate::own) async fn show(
                State(state): State<OwnState>,
                Extension(caller): Extension<Caller>,
            ) -> Result<Json<PolicyView>, Problem> {
                write::show(&state, &scope(&caller)?).await
            }

            #[doc = $put]
            #[utoipa::path(
                        put,
                        path = $path,
                        operation_id = $put_id,
                        tag = "policies",
                        request_body = PolicyBody,
                        responses((status = 200, description = "The policy as it is now", body = PolicyView))
                    )]
            pub(in crate::own) async fn put(
                State(state): State<OwnState>,
                Extension(caller): Extension<Caller>,
                Body(body): Body<PolicyBody>,
            ) -> Result<Json<PolicyView>, Problem> {
                write::put(&state, &caller, &scope(&caller)?, &body).await
            }

            #[doc = $remove]
            #[utoipa::path(
                        delete,
                        path = $path,
                        operation_id = $remove_id,
                        tag = "policies",
                        responses((status = 204, description = "It is removed"))
                    )]
            pub(in crate::own) async fn remove(
                State(state): State<OwnState>,
                Extension(caller): Extension<Caller>,
            ) -> Result<StatusCode, Problem> {
                write::remove(&state, &caller, &scope(&caller)?).await
            }

            fn scope(caller: &Caller) -> Result<PolicyScope, Problem> {
                access::administrator(caller)?;
                let of: fn(&Caller) -> PolicyScope = $scope;
                Ok(of(caller))
            }
        }
    };
}

handlers! {
    tenant at "/api/narrowgate/v1/policies/tenant",
    show "showTenantPolicy" "Shows the policy for all tokens of the tenant.",
    put "putTenantPolicy" "Sets the policy for all tokens of the tenant.",
    remove "removeTenantPolicy" "Removes the policy for all tokens of the tenant.",
    |caller| PolicyScope::tenant(caller.connection.tenant)
}

handlers! {
    instance at "/api/narrowgate/v1/policies/instance",
    show "showInstancePolicy" "Shows the policy for tokens on this instance.",
    put "putInstancePolicy" "Sets the policy for tokens on this instance.",
    remove "removeInstancePolicy" "Removes the policy for tokens on this instance.",
    |caller| PolicyScope::instance(caller.connection.tenant, caller.connection.instance_url.clone())
}
