// Draws plots with uPlot, which the page loads before.
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = new Intl.NumberFormat(document.documentElement.lang);
const two = (n) => String(n).padStart(2, "0");

// inZone is a time whose local hours are those of the zone that the page's other times are in, by its offset in seconds.
function inZone(seconds, offset) {
	const at = new Date(seconds * 1000);
	return new Date(at.getTime() + (offset + at.getTimezoneOffset() * 60) * 1000);
}

function draw(holder, data, offset) {
	const series = holder.dataset.series.match(/\w+\|[^|]+\|--\w+/g).map((one) => one.split("|"));
	const values = [data.t, ...series.map(([name]) => data[name])];
	if (holder.plot) {
		holder.plot.setData(values);
		return;
	}
	const span = data.t.at(-1) - data.t[0];
	const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") }, font: "12px system-ui, sans-serif" };
	const clock = (t) => {
		const at = inZone(t, offset);
		return span > 2 * 86400 ? `${at.getDate()}/${at.getMonth() + 1}` : `${two(at.getHours())}:${two(at.getMinutes())}`;
	};
	holder.plot = new window.uPlot({
		width: holder.clientWidth, height: 140, cursor: { show: false }, legend: { live: false },
		scales: { x: { time: true }, y: { range: (_, least, most) => [0, Math.max(most * 1.1, 1)] } },
		axes: [{ ...axis, size: 28, values: (_, ticks) => ticks.map(clock) }, { ...axis, size: 44, values: (_, ticks) => ticks.map((n) => number.format(n)) }],
		series: [{}, ...series.map(([, label, name]) => ({ label, stroke: colour(name), fill: colour(name) + "22", width: 2, points: { show: false } }))],
	}, values, holder);
	new ResizeObserver(() => holder.plot.setSize({ width: holder.clientWidth, height: 140 })).observe(holder);
}

// plot draws all plots of the page, or what is new of them.
export async function plot() {
	for (const group of document.querySelectorAll("[data-plots]")) {
		const answer = await fetch(group.dataset.plots);
		if (!answer.ok || answer.redirected) {
			continue;
		}
		const data = await answer.json();
		if (data.t.length < 2) {
			continue;
		}
		group.hidden = false;
		for (const holder of group.querySelectorAll(".plot")) {
			draw(holder, data, Number(group.dataset.offset));
		}
	}
}
