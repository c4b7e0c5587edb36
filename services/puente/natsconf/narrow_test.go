package natsconf_test

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/services/puente/natsconf"
)

// narrow are requests that the service of one network has no right to, each of which would show or touch what is another's. The other
// tests of thieves pass over what a service has a right to: so that no right grows wide unseen, these are named.
var narrow = []string{
	"DIRECT.GET.KV_CHANNELS.$KV.CHANNELS.channel.whatsapp.W",
	"CONSUMER.CREATE.KV_CHANNELS.evil.$KV.CHANNELS.channel.*.*",
	"CONSUMER.CREATE.KV_CHANNELS.evil.$KV.CHANNELS.settings.*",
	"CONSUMER.CREATE.KV_CHANNELS.evil",
	"STREAM.INFO.MESSAGES", // with a filter it tells the ids of all channels
	"STREAM.INFO.EGRESS_whatsapp",
	"STREAM.INFO.FILES",         // the same of files, which anybody may read who knows their ids
	"CONSUMER.LIST.KV_CHANNELS", // whoever knows the name of a consumer can end it
	"CONSUMER.NAMES.KV_SECRETS",
	"DIRECT.GET.KV_STATE.$KV.STATE.whatsapp.W", // tokens
	"CONSUMER.CREATE.KV_STATE.evil.$KV.STATE.telegram.*",
	"STREAM.PURGE.KV_STATE",
	"DIRECT.GET.KV_CONTACTS.$KV.CONTACTS.kept.whatsapp.W.1",
	"DIRECT.GET.KV_CONTACTS.$KV.CONTACTS.W.1",
	"STREAM.PURGE.KV_CONTACTS",
	"CONSUMER.CREATE.KV_LEASES.evil",
	"CONSUMER.CREATE.KV_LEASES.evil.$KV.LEASES.>",
}

// narrow says that the service of a network has no right to what is named, and that none of it is answered.
func (x *thief) narrow() {
	if x.rights.Network == "" || x.rights.Service == "egress-bonychat" {
		return // who serves all networks reads more
	}
	for _, request := range narrow {
		if x.may("$JS.API." + request) {
			x.t.Errorf("%s may ask %s", x.rights.Service, request)
		}
		x.ask(request, bodyOf(request), func([]byte) string { return "is answered on " + request })
	}
	x.settle()
	x.empties()
}

// empties tries to empty what it may write one key of, by a header that has the server throw all else away.
func (x *thief) empties() {
	for bucket, key := range map[string]string{
		"CHANNELS": "state.telegram.T", "LEASES": "alive.egress-telegram.i1", "NETWORKS": "telegram", "REPLIES": "telegram.T.1.k",
		"STATE": "telegram.T", "CONTACTS": "kept.telegram.T.1",
	} {
		subject := "$KV." + bucket + "." + key
		if !x.may(subject) {
			x.t.Errorf("%s may not write %s", x.rights.Service, subject)
		}
		answer, err := x.nc.RequestMsg(&nats.Msg{Subject: natsconf.APIPrefix + "." + subject, Header: nats.Header{jetstream.MsgRollup: {jetstream.MsgRollupAll}}}, 10*time.Second)
		if err != nil || !bytes.Contains(answer.Data, []byte("rollup not permitted")) {
			x.t.Errorf("%s empties %s: %v, %+v", x.rights.Service, bucket, err, answer)
		}
	}
}

// bodyOf is what a request says, so that a server that takes it does as it says.
func bodyOf(request string) string {
	t := strings.Split(request, ".")
	if !slices.Contains(t, "CREATE") {
		return ""
	}
	filter := `"filter_subjects":["$KV.CHANNELS.>","$KV.LEASES.>"]`
	if len(t) > 4 {
		filter = `"filter_subject":"` + strings.Join(t[4:], ".") + `"`
	}
	return `{"stream_name":"` + t[2] + `","config":{"name":"evil","ack_policy":"none","deliver_policy":"all","mem_storage":true,"inactive_threshold":5000000000,` + filter + `}}`
}
