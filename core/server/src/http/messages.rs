//! WeChat's routes for messages, templates, codes and links.

use super::{
    Site,
    wechat::{Asked, Call, ok},
};
use crate::platform::{Errcode, Link, PlatformError, messages::Send};
use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

/// Codes of an app in a minute (WeChat's figure for unlimited ones).
const CODES: i64 = 5000;

pub(super) fn router() -> Router<Site> {
    Router::new()
        .route("/cgi-bin/message/subscribe/send", post(subscribed))
        .route("/cgi-bin/message/custom/send", post(custom))
        .route("/wxaapi/newtmpl/gettemplate", get(templates))
        .route("/wxaapi/newtmpl/deltemplate", post(remove_template))
        .route("/wxa/getwxacodeunlimit", post(unlimited))
        .route("/wxa/getwxacode", post(code))
        .route("/cgi-bin/wxaapp/createwxaqrcode", post(code))
        .route("/wxa/generatescheme", post(scheme))
        .route("/wxa/generate_urllink", post(url_link))
        .route("/wxa/queryscheme", post(query_scheme))
        .route("/wxa/query_urllink", post(query_url_link))
}

async fn subscribed(call: Call) -> Response {
    call.run(|asked| async move {
        let app = asked.app().await?;
        let data = asked.body.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
        let send = Send {
            openid: asked.text("touser").to_owned(),
            template: asked.text("template_id").to_owned(),
            page: asked.text("page").to_owned(),
            state: asked.text("miniprogram_state").to_owned(),
            data,
        };
        asked.site.platform.send_subscribed(&app, &send).await?;
        Ok(ok())
    })
    .await
}

async fn custom(call: Call) -> Response {
    call.run(|asked| async move {
        let app = asked.app().await?;
        asked.site.platform.send_service(&app, &asked.body).await?;
        Ok(ok())
    })
    .await
}

async fn templates(call: Call) -> Response {
    call.run(|asked| async move {
        let app = asked.app().await?;
        let all = asked.site.platform.templates(&app).await?;
        let one = |template: &crate::platform::messages::Template| {
            json!({"priTmplId": template.id, "title": template.title, "content": template.content(), "example": "", "type": 2})
        };
        Ok(json!({"errcode": 0, "errmsg": "ok", "data": all.iter().map(one).collect::<Vec<_>>()}))
    })
    .await
}

async fn remove_template(call: Call) -> Response {
    call.run(|asked| async move {
        let app = asked.app().await?;
        asked.site.platform.remove_template(&app, asked.text("priTmplId")).await?;
        Ok(ok())
    })
    .await
}

async fn unlimited(call: Call) -> Response {
    call.respond(|asked| async move {
        let app = paced(&asked).await?;
        let image = asked.site.platform.unlimited_code(&app, &asked.body).await?;
        Ok(png(image.png))
    })
    .await
}

async fn code(call: Call) -> Response {
    call.respond(|asked| async move {
        let app = paced(&asked).await?;
        let image = asked.site.platform.path_code(&app, &asked.body).await?;
        Ok(png(image.png))
    })
    .await
}

async fn paced(asked: &Asked) -> Result<String, PlatformError> {
    let app = asked.app().await?;
    match asked.site.platform.paced(&app, "images", CODES).await {
        // WeChat's number for this limit is the daily one.
        Err(PlatformError::Wechat(Errcode::MinuteQuota)) => Err(Errcode::DailyQuota.into()),
        other => other.map(|()| app),
    }
}

fn png(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "image/png")], bytes).into_response()
}

async fn scheme(call: Call) -> Response {
    call.run(|asked| async move {
        let app = asked.app().await?;
        let link = asked.site.platform.generate_link(&app, Link::Scheme, &asked.body).await?;
        Ok(json!({"errcode": 0, "errmsg": "ok", "openlink": link}))
    })
    .await
}

async fn url_link(call: Call) -> Response {
    call.run(|asked| async move {
        let app = asked.app().await?;
        let link = asked.site.platform.generate_link(&app, Link::Url, &asked.body).await?;
        Ok(json!({"errcode": 0, "errmsg": "ok", "url_link": link}))
    })
    .await
}

async fn query_scheme(call: Call) -> Response {
    call.run(|asked| async move {
        let app = asked.app().await?;
        let info = asked.site.platform.describe_link(&app, asked.text("scheme")).await?;
        Ok(json!({"errcode": 0, "errmsg": "ok", "scheme_info": info}))
    })
    .await
}

async fn query_url_link(call: Call) -> Response {
    call.run(|asked| async move {
        let app = asked.app().await?;
        let info = asked.site.platform.describe_link(&app, asked.text("url_link")).await?;
        Ok(json!({"errcode": 0, "errmsg": "ok", "url_link_info": info}))
    })
    .await
}
