//! The fitted weights of the features.

use std::sync::LazyLock;

use super::features::FEATURES;
use crate::analysis::linear::LinearModel;

/// Fitted by `benches/fit/success_alone.py`.
const FILE: &str = include_str!("../../../assets/models/success_alone.json");

static BUNDLED: LazyLock<Option<LinearModel>> = LazyLock::new(|| {
    let names: Vec<&str> = FEATURES.iter().map(|feature| feature.name).collect();
    LinearModel::read(FILE, &names).ok()
});

/// The model that comes with the program: always there, as a test sees to.
pub(super) fn bundled() -> Option<&'static LinearModel> {
    BUNDLED.as_ref()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_bundled_model_weighs_known_features() {
        assert!(super::bundled().is_some());
    }
}
