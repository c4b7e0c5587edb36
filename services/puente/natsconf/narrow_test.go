package natsconf_test

import (
	"slices"
	"strings"
)

// narrow are requests that the service of one network has no right to, each of which would show or touch what is another's. The other
// tests of thieves pass over what a service has a right to: so that no right grows wide unseen, these are named.
var narrow = []string{
	"DIRECT.GET.KV_CHANNELS.$KV.CHANNELS.channel.whatsapp.W",
	"CONSUMER.CREATE.KV_CHANNELS.evil.$KV.CHANNELS.channel.*.*",
	"CONSUMER.CREATE.KV_CHANNELS.evil.$KV.CHANNELS.settings.*",
	"CONSUMER.CREATE.KV_CHANNELS.evil",
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
