//! What every backend must do. The cases know the traits only; a backend brings a [`fixture::Fixture`].

#[cfg(test)]
mod cases;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod sqlite;

/// One test for each case, on the fixture of one backend.
macro_rules! suite {
    ($backend:ident { $($module:ident: [$($case:ident),* $(,)?]),* $(,)? }) => {
        $(mod $module {
            $(#[tokio::test]
            async fn $case() {
                crate::cases::$module::$case(&crate::$backend::fixture().await).await;
            })*
        })*
    };
}

#[cfg(test)]
mod on_sqlite {
    suite!(sqlite {
        audit: [appends_all_or_nothing, lists_newest_first_by_filter],
        changes: [
            follow_every_write,
            are_read_in_parts,
            are_heard_at_once,
            say_nothing_of_what_failed,
            leave_out_last_use,
        ],
        connections: [
            are_found_as_added,
            are_unique_for_a_user,
            can_be_connected_again_after_removal,
            take_a_new_credential,
            change_health_once,
            revoke_their_tokens_when_removed,
            keep_tenants_apart,
        ],
        constraints: [every_constraint_holds, no_constraint_lacks_a_case],
        listing: [filters, searches_names_as_text, sorts, pages, keeps_tenants_apart],
        rotation: [
            replaces_a_token,
            copies_privileges,
            is_refused_for_a_revoked_token,
            is_refused_for_an_unknown_token,
            leaves_the_old_token_when_it_fails,
            is_won_once,
            reuse_revokes_the_family,
        ],
        tokens: [
            are_found_as_added,
            need_a_privilege,
            need_names_without_spaces,
            need_ids_that_fit,
            need_their_connection,
            need_their_own_tenant,
            have_distinct_digests,
            are_revoked_once,
            are_revoked_by_one_of_many,
        ],
        uses: [
            keep_the_latest_time,
            keep_five_addresses,
            of_unknown_tokens_are_dropped,
            survive_a_revocation,
        ],
    });
}
