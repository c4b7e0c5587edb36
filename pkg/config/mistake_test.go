package config_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// Every mistake of a file is told at once, and none of its values.
func TestBrokenFile(t *testing.T) {
	data, err := os.ReadFile("testdata/broken.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, err = config.Parse("broken.yaml", data, env, known...)
	ms, ok := errors.AsType[yamlfile.Mistakes](err)
	if !ok {
		t.Fatalf("%v", err)
	}
	got := ms.Error() + "\n"
	if *update {
		if err := os.WriteFile("testdata/broken.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/broken.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if strings.Contains(got, "S3CRET") || strings.Contains(got, "L1TERAL") {
		t.Error("a value is told")
	}
}

func TestMistakes(t *testing.T) {
	channel := func(rest string) string {
		return "channels:\n- {id: a, network: test, contact_id: phone, " +
			"platform: {webhook_url: 'https://okeybot.com', api_token: t}, " + rest + "}\n"
	}
	for _, tc := range []struct{ name, text, want string }{
		{"syntax", "listen: localhost:1\nlog: {level: info\ndata: x\n", "puente.yaml:2: did not find expected ',' or '}'"},
		{"syntax in the first line", "a: b: c\n", "puente.yaml:1: mapping values are not allowed in this context"},
		{
			"bare reference in flow style", "data: x\nlog: {level: ${LEVEL}}\n",
			"puente.yaml:2: did not find expected ',' or '}'; inside { } and [ ] a value with ${NAME} stands in quotes",
		},
		{"mixed list", "channels:\n- id: a\nb: 1\n", "puente.yaml:3: b: unknown key; known are listen"},
		{"no UTF-8", "data: x\nlisten: \xff\n", "puente.yaml:2: the file must be UTF-8"},
		{"control character", "data: x\nlisten: \x01\n", "puente.yaml:2: control characters are not allowed"},
		{"two documents", "data: x\n---\ndata: y\n", "the file is one document"},
		{"unknown alias", "data: x\nlisten: *S3CRET\n", "puente.yaml:2: aliases (*name) are not allowed"},
		{"alias", "data: &a x\nlisten: *a\n", "puente.yaml:2: listen: aliases (*name) are not allowed"},
		{"alias of itself", "channels: &a [*a]\n", "puente.yaml:1: channels[0]: aliases (*name) are not allowed"},
		{"merge", "log: &a {level: info}\ntrace: {<<: *a}\n", "puente.yaml:2: trace: unknown key; known are trust_caller"},
		{"tag", "data: !!str x\n", "puente.yaml:1: data: tags (!name) are not allowed"},
		{"words", "hello", "puente.yaml:1: must be a mapping of listen, internal"},
		{"list", "- a", "puente.yaml:1: must be a mapping of listen"},
		{"list as key", "? [a]\n: b\n", "puente.yaml:1: unknown key"},
		{"duplicate", "data: x\nlog: {}\ndata: y\n", "puente.yaml:3: data: is there twice, first in line 1"},
		{"same address", "listen: :80\ninternal: 127.0.0.1:80\npublic_url: https://a", "internal: must be another address than listen"},
		{"port too large", "listen: localhost:65536", "listen: must be host:port, such as 127.0.0.1:8080"},
		{"number as address", "listen: 8080", "listen: must be host:port"},
		{"no public_url", "listen: :80", "public_url: is required where listen is not a loopback address"},
		{"public_url with user", "public_url: https://u:S3CRET@a", "public_url: must hold no user or password"},
		{"public_url with path", "public_url: https://a/b", "public_url: must be scheme and host only"},
		{"public_url with empty query", "public_url: https://a/?", "public_url: must be scheme and host only"},
		{"public_url without host", "public_url: 'https://:80'", "public_url: must be an absolute http or https URL"},
		{"public_url with a bad port", "public_url: 'https://a:99999'", "public_url: must be an absolute http or https URL"},
		{"public_url with another scheme", "public_url: 'ftp://a'", "public_url: must be an absolute http or https URL"},
		{"replicas of the embedded server", "nats: {replicas: 3}", "nats.replicas: must be 1 without nats.url"},
		{"credentials of the embedded server", "nats: {credentials: x}", "nats.credentials: goes with nats.url"},
		{"replicas of a wrong type", "nats: {url: 'nats://a', replicas: '3'}", "nats.replicas: must be 1, 3 or 5"},
		{"store too small", "nats: {store: 63MB}", "nats.store: must be a size from 64MB to 1024TB, such as 20GB"},
		{"store too large", "nats: {store: 1025TB}", "nats.store: must be a size from 64MB"},
		{"store without a unit", "nats: {store: '20'}", "nats.store: must be a size from 64MB"},
		{"store of a wrong type", "nats: {store: 20}", "nats.store: must be a size from 64MB"},
		{"store below nothing", "nats: {store: -20GB}", "nats.store: must be a size from 64MB"},
		{"sync too seldom", "nats: {sync: 1h}", "nats.sync: must be always, interval (every 2m) or a time from 10ms to 10m"},
		{"sync without a unit", "nats: {sync: 5}", "nats.sync: must be always"},
		{"list as word", "log: {level: [info]}", "log.level: must be info, debug, warn or error"},
		{"word as list", "allow_addresses: 10.0.0.0/8", "allow_addresses: must be a list"},
		{"empty range", "allow_addresses: ['']", "allow_addresses[0]: is required"},
		{"quoted truth", "trace: {trust_caller: 'true'}", "trace.trust_caller: must be true or false"},
		{"truth by reference", "trace: {trust_caller: '${REPLICAS}'}", "trace.trust_caller: must be true or false"},
		{"control token too short", "control: {tokens: [{name: a, role: read, token: S3CRET}]}", "control.tokens[0].token: must have at least 32 characters"},
		{"control token with a space", "control: {tokens: [{name: a, role: read, token: 'S3CRET 2'}]}", "control.tokens[0].token: must be visible ASCII"},
		{"control role unknown", "control: {tokens: [{name: a, role: S3CRET, token: t}]}", "control.tokens[0].role: must be read, write or content"},
		{"control role missing", "control: {tokens: [{name: a, token: t}]}", "control.tokens[0].role: is required"},
		{"control name unfit", "control: {tokens: [{name: 'a b', role: read, token: t}]}", "control.tokens[0].name: must be 1 to 64 of"},
		{
			"control tokens alike", "control: {tokens: [" + strings.Repeat("{name: a, role: read, token: '${TOKEN}-and-more-of-it'},", 2) + "]}",
			"control.tokens[1].name: is the name of control.tokens[0] too\npuente.yaml:1: control.tokens[1].token: is the token of control.tokens[0] too",
		},
		{"control token of nobody", "control: {tokens: [null]}", "control.tokens[0]: is empty"},
		{"too many control tokens", "control: {tokens: [" + strings.Repeat("a,", 101) + "]}", "control.tokens: has 101 tokens: at most 100"},
		{"proxies that nobody comes by with a role", "control: {console: {proxies: [10.0.0.0/8]}}", "control.console.roles: is required with proxies"},
		{"console for a role that is none", "control: {console: {roles: {owner: [ops]}}}", "control.console.roles.owner: unknown key"},
		{"header that is none", "control: {console: {user_header: 'X User'}}", "control.console.user_header: must be the name of a header"},
		{"groups in one text", "control: {console: {roles: {read: ['a,b']}}}", "control.console.roles.read[0]: must be the name of a group"},
		{"history for too long", "history: {keep: 1000h}", "history.keep: must be a time from 1h0m0s to 720h0m0s"},
		{"history without room", "history: {store: 1MB}", "history.store: must be a size from 64MB"},
		{"history of a word", "history: {kept: 48h}", "history.kept: unknown key"},
		{"Jaeger with a user", "trace: {jaeger: 'https://u:S3CRET@a'}", "trace.jaeger: must hold no user or password"},
		{"Jaeger with a query", "trace: {jaeger: 'https://a/?b=S3CRET'}", "trace.jaeger: must hold no query"},
		{"Jaeger without a scheme", "trace: {jaeger: 'a:16686'}", "trace.jaeger: must be an absolute http or https URL"},
		{"unset variable", "data: ${A}/${TOKEN}/${B}", "puente.yaml:1: data: the variable A is not set\npuente.yaml:1: data: the variable B is not set"},
		{"bad reference", "data: '${S3-CRET}'", "data: a reference is ${NAME}"},
		{"open reference", "data: 'x${TOKEN'", "data: a reference is ${NAME}"},
		{"missing file", "data: 'file:${FOLDER}/none'", "data: file ${FOLDER}/none cannot be read: no such file or directory"},
		{"folder as file", "data: 'file:${FOLDER}'", "data: file ${FOLDER} cannot be read: it is no regular file"},
		{"device as file", "data: 'file:/dev/zero'", "data: file /dev/zero cannot be read: it is no regular file"},
		{"no account", channel("uncertain: resend"), "channels[0].account.token: is required\npuente.yaml:2: channels[0].account.chat: is required"},
		{"unknown language", channel("locale: S3CRET"), "channels[0].locale: must be es or en"},
		{"language of no word", channel("locale: [es]"), "channels[0].locale: must be es or en"},
		{"null in account", channel("account: {token: , chat: c}"), "channels[0].account.token: is required"},
		{"endless number", channel("account: {token: t, chat: c, port: .inf}"), "channels[0].account.port: must be a finite number"},
		{"deep account", channel("account: {token: t, chat: c, extra: {a: " + strings.Repeat("[", 20) + strings.Repeat("]", 20) + "}}"), "is nested deeper than 16 levels"},
		{"hidden key in account", channel("account: {token: t, chat: c, extra: {S3CRET-1: '${A}', a: '${B}'}}"), "channels[0].account.extra: the variable A is not set\npuente.yaml:2: channels[0].account.extra.a: the variable B is not set"},
		{"space forgotten", channel("account: {token:S3CRET, chat: c}"), "channels[0].account.token: a space is missing after the colon"},
		{"unset variable in a list of credentials", channel("account: {token: t, chat: c, signing: ['${TOKEN}', '${A}']}"), "channels[0].account.signing[1]: the variable A is not set"},
		{"number in a list of credentials", channel("account: {token: t, chat: c, signing: [S3CRET, 7]}"), "channels[0].account.signing[1]: must be a string: put it in quotes"},
		{"null in a list of credentials", channel("account: {token: t, chat: c, signing: [S3CRET, null]}"), "channels[0].account.signing[1]: is required"},
		{"empty reference in a list of credentials", channel("account: {token: t, chat: c, signing: ['${EMPTY}']}"), "channels[0].account.signing[0]: is required, and what it refers to is empty"},
		{"space in a list of credentials", channel("account: {token: t, chat: c, signing: [S3CRET, 'S3CRET 2']}"), "channels[0].account.signing: must hold no space"},
		{"list of lists of credentials", channel("account: {token: t, chat: c, signing: [[S3CRET]]}"), "channels[0].account.signing[0]: must be a string"},
		{"mapping as credential", channel("account: {token: t, chat: c, signing: {a: S3CRET}}"), "channels[0].account.signing: must be a string"},
		{"list of what is one credential", channel("account: {token: [S3CRET], chat: c}"), "channels[0].account.token: must be a string"},
		{"account of words", channel("account: words"), "channels[0].account: must be a mapping of token, secret_token, chat"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := parse(t, tc.text)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v\nnot %s", err, tc.want)
			} else if strings.Contains(err.Error(), "S3CRET") {
				t.Errorf("a secret is told: %v", err)
			}
		})
	}
}

func TestManyMistakesAreCounted(t *testing.T) {
	_, err := parse(t, strings.Repeat("wrong: 1\n", 1000))
	ms, _ := errors.AsType[yamlfile.Mistakes](err)
	if lines := strings.Split(err.Error(), "\n"); len(ms) != 1000 || len(lines) != 201 || lines[200] != "puente.yaml: and 800 more" {
		t.Errorf("%d mistakes, last line %q", len(ms), lines[len(lines)-1])
	}
}
