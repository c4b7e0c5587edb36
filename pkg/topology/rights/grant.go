package rights

import (
	"slices"

	"github.com/bonychat/puente/pkg/topology"
)

// apiPrefix begins every request of JetStream's API.
const apiPrefix = "$JS.API."

// publish adds subjects, each once.
func (r *Set) publish(subjects ...string) {
	for _, s := range subjects {
		if !slices.Contains(r.Publish, s) {
			r.Publish = append(r.Publish, s)
		}
	}
}

// ask adds requests of JetStream's API.
func (r *Set) ask(requests ...string) {
	for _, request := range requests {
		r.publish(apiPrefix + request)
	}
}

// look asks how streams stand.
func (r *Set) look(streams ...string) {
	for _, s := range streams {
		r.ask("STREAM.INFO." + s)
	}
}

// read reads messages of streams by their sequence or subject.
func (r *Set) read(streams ...string) {
	r.look(streams...)
	for _, s := range streams {
		r.ask("STREAM.MSG.GET." + s)
	}
}

// consume makes consumers with this filter, "" for several filters at once, and reads by them.
func (r *Set) consume(stream, filter string) {
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
func (r *Set) follow(stream, filter string) {
	r.consume(stream, filter)
	r.ask("CONSUMER.INFO." + stream + ".*")
}

// queue works on what a stream holds, and takes out what is finished.
func (r *Set) queue(stream, filter string) {
	r.follow(stream, filter)
	r.read(stream)
	r.ask("STREAM.PURGE."+stream, "STREAM.MSG.DELETE."+stream)
}

// get reads keys of a bucket.
func (r *Set) get(bucket string, keys ...string) {
	r.look("KV_" + bucket)
	for _, k := range keys {
		r.ask("DIRECT.GET.KV_" + bucket + ".$KV." + bucket + "." + k)
	}
}

// put reads and writes keys of a bucket.
func (r *Set) put(bucket string, keys ...string) {
	r.get(bucket, keys...)
	for _, k := range keys {
		r.publish("$KV." + bucket + "." + k)
	}
}

// watch watches keys of a bucket.
func (r *Set) watch(bucket string, filters ...string) {
	r.look("KV_" + bucket)
	for _, f := range filters {
		r.ask("CONSUMER.CREATE.KV_" + bucket + ".*.$KV." + bucket + "." + f)
	}
	r.ask("CONSUMER.DELETE.KV_" + bucket + ".*")
	r.publish("$JS.FC.KV_" + bucket + ".>")
}

// channels reads the settings of the channels of a network, "*" for all.
func (r *Set) channels(network string) {
	r.get(topology.Channels, "form.channels", "channel."+network+".*")
	r.watch(topology.Channels, "channel."+network+".*")
}

// leases shares the work among the processes of the service.
func (r *Set) leases() {
	r.put(topology.Leases, "alive."+r.Service+".*", "unit."+r.Service+".>")
	r.watch(topology.Leases, "*."+r.Service+".>")
}
