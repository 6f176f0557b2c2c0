//! Waiting for a condition.

use anyhow::{Result, bail};
use std::time::Duration;

/// How long anything may take before a test says that it did not happen: ten times the slowest promise (1 s), with
/// room for a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// How often a condition outside this process is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Waits until `ready` gives a value.
///
/// # Errors
/// It gave none within [`DEADLINE`]; the message names `what`.
pub async fn wait_for<T>(what: &str, mut ready: impl AsyncFnMut() -> Option<T>) -> Result<T> {
    let found = tokio::time::timeout(DEADLINE, async {
        loop {
            if let Some(value) = ready().await {
                return value;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    });
    match found.await {
        Ok(value) => Ok(value),
        Err(_) => bail!("waited {} s for {what}", DEADLINE.as_secs()),
    }
}

#[cfg(test)]
mod tests {
    use super::wait_for;

    #[tokio::test]
    async fn a_condition_that_comes_true_ends_the_wait() {
        let mut looks = 0;
        let third = wait_for("the third look", async || {
            looks += 1;
            (looks == 3).then_some(looks)
        });
        assert_eq!(third.await.expect("it came"), 3);
    }
}
