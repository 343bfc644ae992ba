use super::*;
use crate::permissions::is_wechat_scope;

#[test]
fn the_table_is_one_row_a_line_sorted_by_name_without_repeats() {
    let rows: Vec<ApiRow> = serde_json::from_str(TABLE).expect("strict rows");
    let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted);
    assert_eq!(TABLE.lines().count(), rows.len() + 2, "one row a line");
}

#[test]
fn partial_rows_say_what_is_missing() {
    for row in Registry::get().rows().filter(|row| row.status == ApiStatus::Partial) {
        assert!(row.note.as_ref().is_some_and(|note| !note.is_empty()), "{} needs a note", row.name);
    }
}

#[test]
fn row_08_every_scope_in_the_table_is_a_known_wechat_scope() {
    for row in Registry::get().rows() {
        if let Some(scope) = &row.scope {
            assert!(is_wechat_scope(scope), "{} has the unknown scope {scope}", row.name);
            assert!(
                matches!(row.kind, ApiKind::Async | ApiKind::Device),
                "{}: a scope is checked on the bridge only",
                row.name
            );
        }
    }
}

/// WeChat's own table of what needs which scope, as far as rows exist here (ISSTA'25: 38 functions were off).
#[test]
fn row_08_functions_that_wechat_guards_are_guarded_by_the_same_scope() {
    let guarded = [
        ("getLocation", "scope.userLocation"),
        ("startLocationUpdate", "scope.userLocation"),
        ("startLocationUpdateBackground", "scope.userLocationBackground"),
        ("getFuzzyLocation", "scope.userFuzzyLocation"),
        ("chooseAddress", "scope.address"),
        ("chooseInvoiceTitle", "scope.invoiceTitle"),
        ("chooseInvoice", "scope.invoice"),
        ("getWeRunData", "scope.werun"),
        ("startRecord", "scope.record"),
        ("saveImageToPhotosAlbum", "scope.writePhotosAlbum"),
        ("saveVideoToPhotosAlbum", "scope.writePhotosAlbum"),
        ("createVKSession", "scope.camera"),
        ("openBluetoothAdapter", "scope.bluetooth"),
        ("createBLEPeripheralServer", "scope.bluetooth"),
        ("addPhoneContact", "scope.addPhoneContact"),
        ("addPhoneCalendar", "scope.addPhoneCalendar"),
        ("addPhoneRepeatCalendar", "scope.addPhoneCalendar"),
    ];
    for (name, scope) in guarded {
        if let Some(row) = Registry::get().row(name).filter(|row| row.status != ApiStatus::None) {
            assert_eq!(row.scope.as_deref(), Some(scope), "{name}");
        }
    }
}

#[test]
fn row_07_what_is_local_or_unknown_is_refused_on_the_bridge() {
    let registry = Registry::get();
    for row in registry.rows() {
        let carried = matches!(row.kind, ApiKind::Async | ApiKind::Device | ApiKind::Internal)
            && row.status != ApiStatus::None;
        assert_eq!(registry.bridge_row(&row.name, false).is_some(), carried, "{}", row.name);
    }
    for name in ["", "eval", "openSystemShell", "constructor", "__proto__", "getStorageSync"] {
        assert!(registry.bridge_row(name, false).is_none(), "{name}");
    }
}

#[test]
fn only_rows_with_a_blocking_form_may_block() {
    let registry = Registry::get();
    assert_eq!(registry.bridge_row("getStorageSync", true).map(|row| row.name.as_str()), Some("getStorage"));
    for name in ["getStorage", "requestSync", "request", "report", "Sync", "getSystemInfoSync"] {
        assert!(registry.bridge_row(name, true).is_none(), "{name}");
    }
    for row in registry.rows().filter(|row| row.kind == ApiKind::Sync && row.status != ApiStatus::None) {
        assert!(registry.bridge_row(&row.name, true).is_some(), "{} has no row to carry it", row.name);
    }
}
