use super::*;

#[test]
fn the_table_is_one_row_a_line_sorted_by_tag_without_repeats() {
    let rows: Vec<ComponentRow> = serde_json::from_str(TABLE).expect("strict rows");
    let tags: Vec<_> = rows.iter().map(|row| row.tag.as_str()).collect();
    let mut sorted = tags.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(tags, sorted);
    assert_eq!(TABLE.lines().count(), rows.len() + 2, "one row a line");
    assert_eq!(tags.first(), Some(&"*"));
}

#[test]
fn names_are_sorted_and_stand_in_one_list_only() {
    for row in Components::get().rows() {
        for list in [&row.attributes, &row.events, &row.missing] {
            assert!(list.is_sorted(), "{}: {list:?}", row.tag);
        }
        for name in &row.missing {
            assert!(!row.attributes.contains(name) && !row.events.contains(name), "{}: {name}", row.tag);
        }
    }
}

#[test]
fn a_status_is_borne_out_by_its_row() {
    for row in Components::get().rows() {
        match row.status {
            ApiStatus::Full => assert!(row.missing.is_empty(), "{} misses something", row.tag),
            ApiStatus::Partial => {
                assert!(!row.missing.is_empty() || row.note.is_some(), "{} needs a note", row.tag);
            }
            ApiStatus::None => assert!(row.attributes.is_empty() && row.events.is_empty(), "{}", row.tag),
        }
    }
}
