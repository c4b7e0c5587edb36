package rights

import (
	"slices"

	"github.com/bonychat/puente/pkg/topology"
)

// Set is what one service does at NATS: all that it needs, by the names that the streams have there. From them a server's
// configuration is made that lets it do nothing else.
type Set struct {
	// Service is the service's name: "ingress", "egress-telegram".
	Service string
	// Network is the destination that it serves, [topology.Platform] too; "" where it serves none of its own.
	Network string
	// Operator says that it may do everything but make streams: it is trusted as those who use it are. Its account is the one that
	// holds the streams.
	Operator bool
	// Connections are the names under which it connects; each is answered on an inbox of its own.
	Connections []string
	// Publish are the subjects that it publishes and makes requests on, those of JetStream's API and of buckets among them. "*"
	// stands for one token, ">" for all that follow.
	Publish []string
	// Pull are requests that are answered by many messages.
	Pull []string
	// Hear are the subjects that it listens to; its inboxes are not among them.
	Hear []string
	// Answer are the subjects of requests that it answers.
	Answer []string
}

// Hub are the services that stand where the streams are: they work for operators.
const (
	Operator = "puente"  // the commands: they make streams, apply channels, back up
	Control  = "control" // the control API
)

// Of are the rights of all services of a deployment with these networks, but of [Operator], who may do everything. A
// network's are computed from its name alone: one that is added changes what nobody else of the networks may do. others are
// networks that have streams and no service: whoever looks for what a damaged store has lost looks through theirs too.
func Of(networks []string, others ...string) []Set {
	all := []Set{ingressRights(networks), translatorRights(append(slices.Clone(networks), others...)), platformRights()}
	for _, n := range networks {
		all = append(all, networkRights(n))
	}
	return append(all, controlRights())
}

// service is what every service does: it looks whether its stream is there, reads the digest key, and says that it runs.
func service(name, stream string, connections ...string) Set {
	r := Set{Service: name, Connections: append([]string{name}, connections...)}
	r.look(stream)
	r.get(topology.Secrets, "digest")
	r.get(topology.Channels, "storage.plan")
	r.put(topology.Leases, "process."+name+".*")
	return r
}

func ingressRights(networks []string) Set {
	r := service("ingress", topology.Messages.Name, "ingress-files")
	r.read(topology.Index.Name)
	r.watch(topology.Networks, "*")
	r.channels("*")
	r.watch(topology.Secrets, "verify.*.*")
	r.look(topology.Files.Name)
	r.ask("DIRECT.GET." + topology.Files.Name + "." + topology.FileSubject("*", "*", "*"))
	r.earlierMedia()
	r.ask("DIRECT.GET." + topology.EarlierMediaStream)
	r.publish("message.*.*.*", "state.*.*", "call.*.*.*")
	r.Answer = append(r.Answer, topology.RefusalsSubject("*"))
	for _, n := range networks {
		r.look(topology.Egress(n).Name)
		r.publish("webhook." + n + ".*.*")
	}
	return r
}

func translatorRights(networks []string) Set {
	r := service("translator", topology.Messages.Name)
	r.leases()
	r.queue(topology.Messages.Name, "message.*.>")
	r.read(topology.Index.Name, topology.Dead.Name)
	r.follow(topology.Index.Name, "") // two filters at once stand in the body
	r.ask("STREAM.NAMES")
	for _, stream := range topology.Streams(networks) { // what they have lost
		r.look(stream.Name)
	}
	for _, f := range append(slices.Clone(networks), topology.Platform) {
		r.read(topology.Egress(f).Name, topology.Outcomes(f).Name)
		r.follow(topology.Outcomes(f).Name, "outcome."+f+".*.>")
		r.ask("STREAM.PURGE." + topology.Outcomes(f).Name)
		r.publish("egress."+f+".*.*", "outcome."+f+".*.*.*")
	}
	r.follow(topology.Outcomes(topology.Platform).Name, ">")
	r.watch(topology.Networks, "*")
	r.get(topology.Networks, "*")
	r.channels("*")
	r.put(topology.Contacts, "*.*")
	r.put(topology.Context, "*.*")
	r.publish("journal.*.*", "dead.translator.*.*", "seen.*.*.*", "state.*.*", "ref.*.*.*", "early.*.*.*", "mark.*.*.*")
	return r
}

// sending is what whoever sends to a destination does.
func sending(far string) Set {
	r := service("egress-"+far, topology.Egress(far).Name)
	r.Network = far
	r.leases()
	r.queue(topology.Egress(far).Name, "egress."+far+".*.>")
	r.read(topology.Outcomes(far).Name)
	r.watch(topology.Secrets, far+".*")
	r.watch(topology.Channels, "pause."+far+".*", "state."+far+".*")
	r.put(topology.Channels, "state."+far+".*", "pause."+far+".*")
	r.publish("outcome." + far + ".*.*.*")
	r.Answer = append(r.Answer, topology.LaneSubject(far, "*"))
	return r
}

func platformRights() Set {
	r := sending(topology.Platform)
	r.channels("*")
	r.publish(topology.DeadSubject(r.Service, "*", "*")) // of the channel's network
	return r
}

func networkRights(n string) Set {
	r := sending(n)
	r.channels(n)
	r.publish(topology.DeadSubject(r.Service, n, "*"), topology.DeadSubject(r.Service, "unknown", "*"))
	r.follow(topology.Webhooks(n).Name, "webhook."+n+".*.>")
	r.read(topology.Webhooks(n).Name) // whether it holds what was not delivered
	r.ask("STREAM.PURGE." + topology.Webhooks(n).Name)
	r.put(topology.Networks, n)
	r.put(topology.Replies, n+".*.*.*")
	r.put(topology.State, topology.StateKey(n, "*"))
	r.put(topology.Contacts, topology.ContactStateKey(n, "*", "*"))
	// not how the stream stands: with a filter that tells the ids of all files, and who knows an id may read the file
	r.ask("DIRECT.GET." + topology.Files.Name + "." + topology.FileSubject(n, "*", topology.FileInfo))
	r.publish(topology.FileSubject(n, "*", "*"), "message.*."+n+".*", "webhook."+n+".*.*")
	r.watch(topology.Leases, "process.ingress.*") // whether all of them know where this version puts files
	r.publish(topology.SentSubject(n, "*", "*"))  // where what was sent may fail later
	r.Answer = append(r.Answer, topology.CheckSubject(n), topology.DecodeSubject(n))
	return r
}

func controlRights() Set {
	r := service(Control, topology.Messages.Name)
	r.Operator = true
	r.ask("INFO", "STREAM.NAMES", "STREAM.LIST", "STREAM.INFO.*", "STREAM.MSG.GET.*", "STREAM.MSG.DELETE."+topology.Dead.Name, "DIRECT.GET.>",
		"CONSUMER.CREATE.>", "CONSUMER.INFO.>", "CONSUMER.DELETE.>")
	r.Pull = append(r.Pull, apiPrefix+"CONSUMER.MSG.NEXT.>")
	for _, bucket := range []string{topology.Channels, topology.Secrets, topology.State} {
		r.publish("$KV." + bucket + ".>")
	}
	r.ask("STREAM.PURGE." + topology.BucketStream + topology.Contacts) // what was kept of the contacts of a channel that is removed
	r.publish("$JS.FC.>", "webhook.>", "message.>", "egress.>", "journal.>", "state.>", "seen.>", "audit.*", "outcome.>",
		topology.LaneSubject("*", "*"), topology.CheckSubject("*"), topology.DecodeSubject("*"), topology.RefusalsSubject("*"))
	return r
}

// Upgrading are the rights of a deployment where services of the earlier version still run, beside those of this one: these write
// attachments where they did. Nobody should have them for longer than that takes.
func Upgrading(rights []Set) []Set {
	rights = slices.Clone(rights)
	for i, r := range rights {
		if r.Network == "" || r.Network == topology.Platform {
			continue
		}
		r.Publish = slices.Clone(r.Publish)
		r.earlierMedia()
		r.ask("STREAM.PURGE." + topology.EarlierMediaStream)
		r.publish("$O."+topology.EarlierMedia+".C.*", "$O."+topology.EarlierMedia+".M.*")
		rights[i] = r
	}
	return rights
}

// earlierMedia finds a file in the store of earlier versions.
func (r *Set) earlierMedia() {
	r.look(topology.EarlierMediaStream)
	r.ask("DIRECT.GET." + topology.EarlierMediaStream + ".$O." + topology.EarlierMedia + ".M.*")
}
