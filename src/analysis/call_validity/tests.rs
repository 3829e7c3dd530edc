use super::*;

#[test]
fn the_model_is_read() {
    assert!(MODEL.is_some());
}
