//! HTTP as a browser speaks it: Origin, our header, one cookie per attendee.

use anyhow::{Context, Result, bail};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use ureq::{Agent, http};

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers with small names; of several with one name, the last.
    pub headers: BTreeMap<String, String>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON of this shape.
    ///
    /// # Errors
    /// The status is not 2xx, or the body has another shape; the message holds both.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        if !(200..300).contains(&self.status) {
            bail!("status {}: {}", self.status, self.text());
        }
        serde_json::from_slice(&self.body).with_context(|| format!("not what was expected: {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One browser's jar and address.
#[derive(Debug, Clone)]
pub struct Requests {
    agent: Agent,
    origin: String,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Requests {
    /// A browser without cookies that talks to this origin.
    pub fn to(origin: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // A proxy in the environment is for the outside; the service runs here.
            .proxy(None)
            .timeout_global(Some(crate::DEADLINE))
            // The service ends a connection on which nothing was asked for 15 s: nothing is sent on one that may just go.
            .max_idle_age(Duration::from_secs(5))
            .build();
        Self { agent: config.into(), origin: origin.to_owned(), cookies: Arc::default() }
    }

    /// `http://host:port`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// GET.
    ///
    /// # Errors
    /// Nothing answered.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.get_with(path, &[]).await
    }

    /// GET with these headers.
    ///
    /// # Errors
    /// Nothing answered.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        self.send("GET", path, headers, Vec::new()).await
    }

    /// POST of JSON, with the headers of a page of our own.
    ///
    /// # Errors
    /// Nothing answered.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Result<Answer> {
        self.post_with(path, &[], body).await
    }

    /// As [`Requests::post`], with more headers; one of the same name replaces ours, an empty one removes it.
    ///
    /// # Errors
    /// Nothing answered.
    pub async fn post_with(
        &self,
        path: &str,
        more: &[(&str, &str)],
        body: &impl Serialize,
    ) -> Result<Answer> {
        let origin = self.origin.clone();
        let mut headers =
            vec![("origin", origin.as_str()), ("x-flipchart", "1"), ("content-type", "application/json")];
        headers.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        headers.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        self.send("POST", path, &headers, serde_json::to_vec(body)?).await
    }

    /// POST of bytes from our page, with more headers; one of the same name replaces ours.
    ///
    /// # Errors
    /// Nothing answered.
    pub async fn post_bytes(&self, path: &str, more: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let origin = self.origin.clone();
        let mut headers = vec![("origin", origin.as_str()), ("x-flipchart", "1")];
        headers.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        headers.extend(more);
        self.send("POST", path, &headers, body.to_vec()).await
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer> {
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.origin));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let cookies = self.jar();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        let bare = request.body(())?;
        let agent = self.agent.clone();
        let address = format!("{method} {path}");
        let answer = tokio::task::spawn_blocking(move || -> Result<Answer> {
            let mut response = match bare.method() {
                &http::Method::GET => agent.run(bare)?,
                _ => agent.run(bare.map(|()| body))?,
            };
            let headers = response.headers().iter();
            let headers = headers.map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            });
            let headers = headers.collect();
            Ok(Answer {
                status: response.status().as_u16(),
                headers,
                body: response.body_mut().read_to_vec()?,
            })
        });
        let answer = answer.await?.with_context(|| format!("{address}: no answer"))?;
        if let Some(cookie) = answer.headers.get("set-cookie") {
            self.keep(cookie);
        }
        Ok(answer)
    }

    /// `name=value; …` as it is sent.
    fn jar(&self) -> String {
        let cookies = self.cookies.lock().expect("no request panics");
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&self, cookie: &str) {
        let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let mut cookies = self.cookies.lock().expect("no request panics");
        if value.is_empty() {
            cookies.remove(name.trim());
        } else {
            cookies.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }

    /// What this browser keeps under a cookie's name.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("no request panics").get(name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_kept_until_it_is_emptied() {
        let requests = Requests::to("http://127.0.0.1:1");
        requests.keep("__Host-s-a=1234; Path=/; Secure; HttpOnly");
        requests.keep("__Host-s-b=5; Path=/");
        assert_eq!(requests.jar(), "__Host-s-a=1234; __Host-s-b=5");
        requests.keep("__Host-s-a=; Path=/; Max-Age=0");
        assert_eq!(requests.jar(), "__Host-s-b=5");
    }

    #[test]
    fn an_error_is_no_value() {
        let answer =
            Answer { status: 403, headers: BTreeMap::new(), body: b"{\"code\":\"no-way-in\"}".to_vec() };
        let error = answer.json::<serde_json::Value>().expect_err("403").to_string();
        assert!(error.contains("403") && error.contains("no-way-in"), "{error}");
    }
}
