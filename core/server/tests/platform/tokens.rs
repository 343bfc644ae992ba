//! Access tokens: how long they hold, what replaces them, and what else a back end does wrong.

use super::device::{SITE, errcode};
use crate::world::{World, get, send};
use jiff::SignedDuration;
use lodger_server::{clock::Clock, platform::admin::Command};
use serde_json::{Value, json};

fn ask(world: &World, target: &str) -> Value {
    serde_json::from_slice(&get(&world.url(), target).bytes).unwrap()
}

fn world() -> (World, String) {
    let world = World::empty();
    let platform = world.server.as_ref().unwrap().platform().clone();
    let create = Command::AppCreate { app: "coffee".into(), owner: None };
    let made = world.runtime.block_on(async move { platform.administer(create).await }).unwrap();
    (world, made["secret"].as_str().unwrap().to_owned())
}

fn code_of(world: &World, token: &str) -> i64 {
    let path = format!("wxa/checksession?access_token={token}&openid=x&signature=x&sig_method=hmac_sha256");
    errcode(&ask(world, &path))
}

/// A token that is taken gets as far as the unknown openid.
const TAKEN: i64 = 40003;

#[test]
fn the_one_before_holds_five_minutes_more() {
    let (world, secret) = world();
    let begin = world.clock.now();
    let token = || {
        let path = format!("cgi-bin/token?grant_type=client_credential&appid=coffee&secret={secret}");
        let answer = ask(&world, &path);
        assert_eq!(answer["expires_in"], 7200);
        answer["access_token"].as_str().unwrap().to_owned()
    };
    let (first, second) = (token(), token());
    assert_ne!(first, second);
    assert_eq!((code_of(&world, &first), code_of(&world, &second)), (TAKEN, TAKEN));
    world.clock.set(begin + SignedDuration::from_secs(300));
    assert_eq!((code_of(&world, &first), code_of(&world, &second)), (42001, TAKEN));
    world.clock.set(begin + SignedDuration::from_secs(7200));
    assert_eq!(code_of(&world, &second), 42001);
    assert_eq!((code_of(&world, "made-up"), code_of(&world, "")), (40001, 41001));
}

#[test]
fn a_stable_token_is_the_same_until_it_is_renewed_or_forced() {
    let (world, secret) = world();
    let begin = world.clock.now();
    let after = |seconds| world.clock.set(begin + SignedDuration::from_secs(seconds));
    let stable = |force: bool| {
        let body = json!({
            "grant_type": "client_credential", "appid": "coffee", "secret": secret, "force_refresh": force,
        });
        let answer = send(&world.url(), "POST", "/cgi-bin/stable_token", &[], body.to_string().as_bytes());
        serde_json::from_slice::<Value>(&answer.bytes).unwrap()
    };
    let first = stable(false);
    after(100);
    let same = stable(false);
    assert_eq!(same["access_token"], first["access_token"]);
    assert_eq!(same["expires_in"], 7100);
    // Five minutes before its end there is a new one; the old one still holds.
    after(6900);
    let second = stable(false);
    assert_ne!(second["access_token"], first["access_token"]);
    let text = |answer: &Value| answer["access_token"].as_str().unwrap().to_owned();
    assert_eq!((code_of(&world, &text(&first)), code_of(&world, &text(&second))), (TAKEN, TAKEN));
    // Forced, the old ones end at once; within 30 s nothing more happens.
    let third = stable(true);
    assert_ne!(third["access_token"], second["access_token"]);
    assert_eq!((code_of(&world, &text(&second)), code_of(&world, &text(&third))), (40001, TAKEN));
    after(6929);
    assert_eq!(text(&stable(true)), text(&third));
    // Twenty times a day. The day begins anew at midnight, so begin well after it.
    let midnight = (begin.as_second() / 86_400 + 2) * 86_400 - begin.as_second();
    stable(false);
    for turn in 0..20 {
        after(midnight + turn * 30);
        assert_eq!(errcode(&stable(turn > 0)), 0, "{turn}");
    }
    after(midnight + 600);
    assert_eq!(errcode(&stable(true)), 0);
    after(midnight + 630);
    assert_eq!(errcode(&stable(true)), 45009);
    assert_eq!(errcode(&stable(false)), 0);
    // cgi-bin/token does not touch it.
    let kept = text(&stable(false));
    ask(&world, &format!("cgi-bin/token?grant_type=client_credential&appid=coffee&secret={secret}"));
    assert_eq!(code_of(&world, &kept), TAKEN);
}

#[test]
fn a_new_secret_ends_all_that_the_old_one_fetched() {
    let (world, secret) = world();
    let path =
        |secret: &str| format!("cgi-bin/token?grant_type=client_credential&appid=coffee&secret={secret}");
    let token = ask(&world, &path(&secret))["access_token"].as_str().unwrap().to_owned();
    let platform = world.server.as_ref().unwrap().platform().clone();
    let rotate = Command::AppRotate { app: "coffee".into() };
    let made = world.runtime.block_on(async move { platform.administer(rotate).await }).unwrap();
    assert_eq!(code_of(&world, &token), 40001);
    assert_eq!(errcode(&ask(&world, &path(&secret))), 40125);
    assert_eq!(errcode(&ask(&world, &path(made["secret"].as_str().unwrap()))), 0);
}

#[test]
fn what_is_missing_or_wrong_has_wechats_numbers() {
    let site = &*SITE;
    let secret = &site.coffee;
    for (target, code) in [
        ("cgi-bin/token?appid=coffee&secret=x".to_owned(), 40002),
        ("cgi-bin/token?grant_type=client_credential".into(), 41002),
        ("cgi-bin/token?grant_type=client_credential&appid=coffee".into(), 41004),
        ("cgi-bin/token?grant_type=client_credential&appid=x&secret=x".into(), 40013),
        ("cgi-bin/token?grant_type=client_credential&appid=coffee&secret=x".into(), 40125),
        (format!("sns/jscode2session?appid=coffee&secret={secret}&js_code=x"), 40002),
        (format!("sns/jscode2session?appid=coffee&secret={secret}&grant_type=authorization_code"), 41008),
    ] {
        let answer = site.ask(&target);
        assert_eq!(errcode(&answer), code, "{target}: {answer}");
        assert!(answer["errmsg"].as_str().unwrap().contains(" rid: "), "{answer}");
    }
    let token = site.token();
    let target = format!("/wxa/business/getuserphonenumber?access_token={token}");
    let answer = send(&site.world.url(), "POST", &target, &[], b"{");
    assert_eq!(errcode(&serde_json::from_slice(&answer.bytes).unwrap()), 47001);
    let answer =
        site.ask(&format!("wxa/checksession?access_token={token}&openid=x&signature=x&sig_method=md5"));
    assert_eq!(errcode(&answer), 40097);
}
