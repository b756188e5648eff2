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
        allowlists: [
            are_empty_at_first,
            keep_their_order,
            take_so_many_entries,
            say_who_may_push,
            keep_apart
        ],
        audit: [appends_all_or_nothing, lists_newest_first_by_filter, goes_on_after_a_place],
        bots: [are_found_as_added, have_ids_beyond_users, need_a_name_of_their_own],
        bulk: [revokes_what_passes, leaves_others_alone, tells_followers],
        chain: [
            is_intact_as_written,
            finds_each_value_that_was_changed,
            finds_what_was_removed,
            finds_what_was_swapped,
            finds_what_was_put_in,
            finds_a_forged_event,
            finds_a_forged_log_by_a_head_that_was_kept,
        ],
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
        cursors: [walk_every_order, survive_what_is_added, are_of_one_list],
        editing: [
            replaces_grants_and_conditions,
            is_refused_when_stale,
            is_refused_for_what_has_no_grants,
            leaves_the_token_when_it_fails,
            is_won_once,
        ],
        graphql_schemas: [
            are_found_as_put,
            are_kept_once,
            are_forgotten_with_their_last_connection,
            need_their_connection,
        ],
        kinds: [are_found_as_added, need_what_their_kind_needs, end_at_their_moment],
        listing: [filters, searches_names_as_text, sorts, pages, pages_from_the_end, keeps_tenants_apart],
        policies: [
            are_found_as_put,
            apply_from_the_outside_in,
            are_removed,
            need_a_scope_that_names_something
        ],
        reaching: [finds_who_can_push, finds_permissions_anywhere, takes_names_as_text],
        rotation: [
            replaces_a_token,
            copies_privileges,
            copies_everything_that_bounds_a_token,
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
        warnings: [are_given_once_for_each_distance, leave_out_what_is_over],
        webhooks: [
            are_found_as_added,
            change_as_they_were_read,
            hear_of_their_events,
            hear_of_each_audit_event_once,
            are_tried_until_they_succeed,
            are_claimed_by_one,
            take_their_deliveries_along,
        ],
    });
}
