package topology

import "slices"

// Rights are what one service does at NATS: all that it needs, by the names that the streams have there. From them a server's
// configuration is made that lets it do nothing else.
type Rights struct {
	// Service is the service's name: "ingress", "egress-telegram".
	Service string
	// Network is the destination that it serves, [Platform] too; "" where it serves none of its own.
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

// RightsOf are the rights of all services of a deployment with these networks, but of [Operator], who may do everything. A
// network's are computed from its name alone: one that is added changes what nobody else of the networks may do. others are
// networks that have streams and no service: whoever looks for what a damaged store has lost looks through theirs too.
func RightsOf(networks []string, others ...string) []Rights {
	all := []Rights{ingressRights(networks), translatorRights(append(slices.Clone(networks), others...)), platformRights()}
	for _, n := range networks {
		all = append(all, networkRights(n))
	}
	return append(all, controlRights())
}

// service is what every service does: it looks whether its stream is there, reads the digest key, and says that it runs.
func service(name, stream string, connections ...string) Rights {
	r := Rights{Service: name, Connections: append([]string{name}, connections...)}
	r.look(stream)
	r.get(Secrets, "digest")
	r.get(Channels, "storage.plan")
	r.put(Leases, "process."+name+".*")
	return r
}

func ingressRights(networks []string) Rights {
	r := service("ingress", Messages.Name, "ingress-files")
	r.read(Index.Name)
	r.watch(Networks, "*")
	r.channels("*")
	r.watch(Secrets, "verify.*.*")
	r.look(Files.Name)
	r.ask("DIRECT.GET." + Files.Name + "." + FileSubject("*", "*", "*"))
	r.earlierMedia()
	r.ask("DIRECT.GET." + EarlierMediaStream)
	r.publish("message.*.*.*", "state.*.*", "call.*.*.*")
	r.Answer = append(r.Answer, RefusalsSubject("*"))
	for _, n := range networks {
		r.look(Egress(n).Name)
		r.publish("webhook." + n + ".*.*")
	}
	return r
}

func translatorRights(networks []string) Rights {
	r := service("translator", Messages.Name)
	r.leases()
	r.queue(Messages.Name, "message.*.>")
	r.read(Index.Name, Dead.Name)
	r.follow(Index.Name, "") // two filters at once stand in the body
	r.ask("STREAM.NAMES")
	for _, stream := range Streams(networks) { // what they have lost
		r.look(stream.Name)
	}
	for _, f := range append(slices.Clone(networks), Platform) {
		r.read(Egress(f).Name, Outcomes(f).Name)
		r.follow(Outcomes(f).Name, "outcome."+f+".*.>")
		r.ask("STREAM.PURGE." + Outcomes(f).Name)
		r.publish("egress."+f+".*.*", "outcome."+f+".*.*.*")
	}
	r.follow(Outcomes(Platform).Name, ">")
	r.watch(Networks, "*")
	r.get(Networks, "*")
	r.channels("*")
	r.put(Contacts, "*.*")
	r.put(Context, "*.*")
	r.publish("journal.*.*", "dead.translator.*.*", "seen.*.*.*", "state.*.*", "ref.*.*.*", "early.*.*.*", "mark.*.*.*")
	return r
}

// sending is what whoever sends to a destination does.
func sending(far string) Rights {
	r := service("egress-"+far, Egress(far).Name)
	r.Network = far
	r.leases()
	r.queue(Egress(far).Name, "egress."+far+".*.>")
	r.read(Outcomes(far).Name)
	r.watch(Secrets, far+".*")
	r.watch(Channels, "pause."+far+".*", "state."+far+".*")
	r.put(Channels, "state."+far+".*", "pause."+far+".*")
	r.publish("outcome." + far + ".*.*.*")
	r.Answer = append(r.Answer, LaneSubject(far, "*"))
	return r
}

func platformRights() Rights {
	r := sending(Platform)
	r.channels("*")
	r.publish(DeadSubject(r.Service, "*", "*")) // of the channel's network
	return r
}

func networkRights(n string) Rights {
	r := sending(n)
	r.channels(n)
	r.publish(DeadSubject(r.Service, n, "*"), DeadSubject(r.Service, "unknown", "*"))
	r.follow(Webhooks(n).Name, "webhook."+n+".*.>")
	r.ask("STREAM.PURGE." + Webhooks(n).Name)
	r.put(Networks, n)
	r.put(Replies, n+".*.*.*")
	// not how the stream stands: with a filter that tells the ids of all files, and who knows an id may read the file
	r.ask("DIRECT.GET." + Files.Name + "." + FileSubject(n, "*", FileInfo))
	r.publish(FileSubject(n, "*", "*"), "message.*."+n+".*", "webhook."+n+".*.*")
	r.watch(Leases, "process.ingress.*") // whether all of them know where this version puts files
	r.publish(SentSubject(n, "*", "*"))  // where what was sent may fail later
	r.Answer = append(r.Answer, CheckSubject(n), DecodeSubject(n))
	return r
}

func controlRights() Rights {
	r := service(Control, Messages.Name)
	r.Operator = true
	r.ask("INFO", "STREAM.NAMES", "STREAM.LIST", "STREAM.INFO.*", "STREAM.MSG.GET.*", "STREAM.MSG.DELETE."+Dead.Name, "DIRECT.GET.>",
		"CONSUMER.CREATE.>", "CONSUMER.INFO.>", "CONSUMER.DELETE.>")
	r.Pull = append(r.Pull, apiPrefix+"CONSUMER.MSG.NEXT.>")
	for _, bucket := range []string{Channels, Secrets} {
		r.publish("$KV." + bucket + ".>")
	}
	r.publish("$JS.FC.>", "webhook.>", "message.>", "egress.>", "journal.>", "state.>", "seen.>", "audit.*", "outcome.>",
		LaneSubject("*", "*"), CheckSubject("*"), DecodeSubject("*"), RefusalsSubject("*"))
	return r
}

// Upgrading are the rights of a deployment where services of the version before still run, beside those of this one: these write
// attachments where they did. Nobody should have them for longer than that takes.
func Upgrading(rights []Rights) []Rights {
	rights = slices.Clone(rights)
	for i, r := range rights {
		if r.Network == "" || r.Network == Platform {
			continue
		}
		r.Publish = slices.Clone(r.Publish)
		r.earlierMedia()
		r.ask("STREAM.PURGE." + EarlierMediaStream)
		r.publish("$O."+EarlierMedia+".C.*", "$O."+EarlierMedia+".M.*")
		rights[i] = r
	}
	return rights
}

// earlierMedia finds a file in the store of versions before.
func (r *Rights) earlierMedia() {
	r.look(EarlierMediaStream)
	r.ask("DIRECT.GET." + EarlierMediaStream + ".$O." + EarlierMedia + ".M.*")
}

const apiPrefix = "$JS.API."

// publish adds subjects, each once.
func (r *Rights) publish(subjects ...string) {
	for _, s := range subjects {
		if !slices.Contains(r.Publish, s) {
			r.Publish = append(r.Publish, s)
		}
	}
}

// ask adds requests of JetStream's API.
func (r *Rights) ask(requests ...string) {
	for _, request := range requests {
		r.publish(apiPrefix + request)
	}
}

// look asks how streams stand.
func (r *Rights) look(streams ...string) {
	for _, s := range streams {
		r.ask("STREAM.INFO." + s)
	}
}

// read reads messages of streams by their sequence or subject.
func (r *Rights) read(streams ...string) {
	r.look(streams...)
	for _, s := range streams {
		r.ask("STREAM.MSG.GET." + s)
	}
}

// consume makes consumers with this filter, "" for several filters at once, and reads by them.
func (r *Rights) consume(stream, filter string) {
	r.look(stream)
	create := "CONSUMER.CREATE." + stream + ".*"
	if filter != "" {
		create += "." + filter
	}
	r.ask(create, "CONSUMER.DELETE."+stream+".*")
	if next := apiPrefix + "CONSUMER.MSG.NEXT." + stream + ".*"; !slices.Contains(r.Pull, next) {
		r.Pull = append(r.Pull, next)
	}
}

// follow reads a stream in order without taking anything out.
func (r *Rights) follow(stream, filter string) {
	r.consume(stream, filter)
	r.ask("CONSUMER.INFO." + stream + ".*")
}

// queue works on what a stream holds, and takes out what is finished.
func (r *Rights) queue(stream, filter string) {
	r.follow(stream, filter)
	r.read(stream)
	r.ask("STREAM.PURGE."+stream, "STREAM.MSG.DELETE."+stream)
}

// get reads keys of a bucket.
func (r *Rights) get(bucket string, keys ...string) {
	r.look("KV_" + bucket)
	for _, k := range keys {
		r.ask("DIRECT.GET.KV_" + bucket + ".$KV." + bucket + "." + k)
	}
}

// put reads and writes keys of a bucket.
func (r *Rights) put(bucket string, keys ...string) {
	r.get(bucket, keys...)
	for _, k := range keys {
		r.publish("$KV." + bucket + "." + k)
	}
}

// watch watches keys of a bucket.
func (r *Rights) watch(bucket string, filters ...string) {
	r.look("KV_" + bucket)
	for _, f := range filters {
		r.ask("CONSUMER.CREATE.KV_" + bucket + ".*.$KV." + bucket + "." + f)
	}
	r.ask("CONSUMER.DELETE.KV_" + bucket + ".*")
	r.publish("$JS.FC.KV_" + bucket + ".>")
}

// channels reads the settings of the channels of a network, "*" for all.
func (r *Rights) channels(network string) {
	r.get(Channels, "form.channels", "channel."+network+".*")
	r.watch(Channels, "channel."+network+".*")
}

// leases shares the work among the processes of the service.
func (r *Rights) leases() {
	r.put(Leases, "alive."+r.Service+".*", "unit."+r.Service+".>")
	r.watch(Leases, "*."+r.Service+".>")
}
