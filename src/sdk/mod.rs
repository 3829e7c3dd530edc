//! What the program gives to agents: the Python tracer, and the line that connects an agent to the workbench.

pub mod integration;
pub mod lesson;
pub mod python_source;
