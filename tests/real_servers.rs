//! The same downloads from five real servers. `./tests/run` starts four of them; the fifth runs in
//! here.

#![cfg(unix)] // Names that are not UTF-8.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops"
)]

#[path = "real_servers/folders.rs"]
mod folders;
#[path = "real_servers/harbours.rs"]
mod harbours;
#[path = "real_servers/many.rs"]
mod many;
#[path = "real_servers/promises.rs"]
mod promises;
#[path = "real_servers/secrets.rs"]
mod secrets;
mod support;
#[path = "real_servers/ways.rs"]
mod ways;

/// Makes one test per promise: `vsftpd::a_file_arrives_byte_for_byte`.
macro_rules! tests {
    ($harbour:ident, $promises:ident: $($promise:ident)*) => {
        $(
            #[test]
            #[ignore = "needs real servers: ./tests/run"]
            fn $promise() {
                crate::$promises::$promise(&crate::harbours::Harbour::$harbour());
            }
        )*
    };
}

/// The tests of one server: what every server's guests are promised, and some more.
macro_rules! at {
    ($harbour:ident: $($more:ident)* $(; over many: $($many:ident)*)? $(; in secret: $($secret:ident)*)?) => {
        mod $harbour {
            tests! { $harbour, promises:
                a_file_arrives_byte_for_byte
                it_arrives_over_ipv6_too
                it_keeps_the_time_of_the_server
                a_deep_folder_is_no_hurdle
                an_empty_file_is_a_file
                odd_names_are_fetched_and_kept
                a_name_of_255_bytes_is_fetched_and_kept
                a_folder_is_listed_with_all_its_odd_names
                a_missing_file_leaves_nothing_behind
                a_folder_is_not_mistaken_for_a_file
                what_was_stopped_goes_on_where_it_was
                $($more)*
            }
            tests! { $harbour, folders: patterns_choose_what_of_a_folder_comes }
            tests! { $harbour, many: a_large_file_comes_over_four_connections $($($many)*)? }
            $(tests! { $harbour, secrets: $($secret)* })?
        }
    };
}

at! { vsftpd:
    names_that_are_not_utf_8_are_fetched
    a_file_that_may_not_be_read_leaves_nothing_behind
    the_right_password_opens_the_door
    a_wrong_password_is_said_to_be_wrong
    a_full_server_is_said_to_be_full
    a_false_address_in_pasv_does_not_lead_astray
    to_ask_in_vain_for_a_checksum_spoils_nothing
    ; over many: a_server_for_two_guests_sends_over_two_connections
    ; in secret:
    a_password_is_sent_only_after_the_line_is_secret
    a_large_file_arrives_in_secret_by_ipv4_and_ipv6
    several_connections_are_as_secret_as_one
    files_follow_one_another_in_secret
    a_stranger_gets_no_password
    tls_1_2_alone_is_as_good
    the_old_way_is_secret_from_the_first_byte
}

at! { proftpd:
    names_that_are_not_utf_8_are_fetched
    a_file_that_may_not_be_read_leaves_nothing_behind
    the_right_password_opens_the_door
    a_wrong_password_is_said_to_be_wrong
    a_full_server_is_said_to_be_full
    a_false_address_in_pasv_does_not_lead_astray
    its_own_checksum_proves_the_file
    ; over many: a_server_for_two_guests_sends_over_two_connections
    ; in secret:
    a_password_is_sent_only_after_the_line_is_secret
    a_large_file_arrives_in_secret_by_ipv4_and_ipv6
    several_connections_are_as_secret_as_one
    files_follow_one_another_in_secret
    a_stranger_gets_no_password
    tls_1_2_alone_is_as_good
    the_old_way_is_secret_from_the_first_byte
}

at! { pure_ftpd:
    names_that_are_not_utf_8_are_fetched
    a_file_that_may_not_be_read_leaves_nothing_behind
    the_right_password_opens_the_door
    a_wrong_password_is_said_to_be_wrong
    a_full_server_is_said_to_be_full
    a_false_address_in_pasv_does_not_lead_astray
    to_ask_in_vain_for_a_checksum_spoils_nothing
    ; over many: a_server_for_two_guests_sends_over_two_connections
    ; in secret:
    a_password_is_sent_only_after_the_line_is_secret
    a_large_file_arrives_in_secret_by_ipv4_and_ipv6
    several_connections_are_as_secret_as_one
    files_follow_one_another_in_secret
    a_stranger_gets_no_password
}

// It runs as root here, so it may read everything; and it garbles names that are not UTF-8.
at! { pyftpdlib:
    the_right_password_opens_the_door
    a_wrong_password_is_said_to_be_wrong
    a_full_server_is_said_to_be_full
    a_false_address_in_pasv_does_not_lead_astray
    to_ask_in_vain_for_a_checksum_spoils_nothing
    ; over many: a_server_for_two_guests_sends_over_two_connections
    ; in secret:
    a_password_is_sent_only_after_the_line_is_secret
    a_large_file_arrives_in_secret_by_ipv4_and_ipv6
    several_connections_are_as_secret_as_one
    files_follow_one_another_in_secret
    a_stranger_gets_no_password
    the_old_way_is_secret_from_the_first_byte
}

// The server of the practice example: every guest is welcome, there is no limit, names are UTF-8.
at! { embedded:
    to_ask_in_vain_for_a_checksum_spoils_nothing
}

/// The tests of the ways that lead to one server besides the usual one.
macro_rules! reached {
    ($harbour:ident: $($promise:ident)*) => {
        mod $harbour {
            tests! { $harbour, ways: $($promise)* }
        }
    };
}

mod by_other_ways {
    reached! { vsftpd:
        files_come_in_active_mode_by_ipv4_and_ipv6
        files_come_in_active_mode_in_secret_too
        files_come_through_proxies
        files_come_through_proxies_in_secret
    }

    reached! { proftpd:
        files_come_in_active_mode_by_ipv4_and_ipv6
        files_come_in_active_mode_in_secret_too
        files_come_through_proxies
        files_come_through_proxies_in_secret
    }

    reached! { pure_ftpd:
        files_come_in_active_mode_by_ipv4_and_ipv6
        files_come_in_active_mode_in_secret_too
        files_come_through_proxies
        files_come_through_proxies_in_secret
    }

    reached! { pyftpdlib:
        files_come_in_active_mode_by_ipv4_and_ipv6
        files_come_in_active_mode_in_secret_too
        files_come_through_proxies
        files_come_through_proxies_in_secret
    }

    reached! { embedded:
        that_it_has_no_active_mode_is_said
    }
}
