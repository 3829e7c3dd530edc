//! The stream as stories.
