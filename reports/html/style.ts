/** The report's only style sheet. Dark text on white; states differ by word, symbol and pattern, colour comes last. */

export const style = `
:root{color-scheme:light;--ink:#10202f;--soft:#52606d;--line:#d5dae0;--wash:#f4f6f8;--good:#1b7a4b;--bad:#c8102e;--unsure:#8a5a00}
*{box-sizing:border-box}
html{background:#e9edf1}
body{margin:0;color:var(--ink);font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
table.sheet{width:100%;max-width:1100px;margin:0 auto;background:#fff;border-collapse:collapse;table-layout:fixed}
table.sheet>tbody>tr>td{padding:28px 40px 40px}
table.sheet>thead{display:none}
h1{font-size:15px;font-weight:600;margin:0;color:var(--soft)}
h2{font-size:19px;margin:34px 0 10px;padding-bottom:5px;border-bottom:2px solid var(--ink)}
h3{font-size:15px;margin:20px 0 6px}
p{margin:6px 0;max-width:85ch}
.fine,.fine *{font-size:12.5px;color:var(--soft)}
.mono{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12.5px;overflow-wrap:anywhere}
.top{display:flex;justify-content:space-between;align-items:baseline;gap:16px;margin-bottom:14px}
.top .run{font-size:15px;font-weight:700}
.simulated{background:repeating-linear-gradient(135deg,#10202f 0 14px,#2b3b4b 14px 28px);color:#fff;font-weight:700;letter-spacing:.06em;text-align:center;padding:7px 12px;margin-bottom:14px}
.banner{display:grid;grid-template-columns:minmax(0,1fr) 300px;border:3px solid var(--ink);border-left-width:18px}
.banner.good{border-color:var(--good)}.banner.bad{border-color:var(--bad)}.banner.unsure{border-color:#d99a1c}.banner.none{border-color:var(--soft)}
.banner .main{padding:16px 22px 18px}
.banner .word{font-size:50px;font-weight:800;line-height:1.1;letter-spacing:-.01em}
.good .word{color:var(--good)}.bad .word{color:var(--bad)}.unsure .word{color:var(--unsure)}.none .word{color:var(--soft)}
.banner .ending{font-size:16px;font-weight:600;margin-top:2px}
.banner .cause{font-size:18px;margin-top:12px;max-width:none;overflow-wrap:anywhere}
.banner .cause b{display:block;font-size:12.5px;font-weight:600;color:var(--soft)}
.banner aside{background:var(--wash);padding:16px 20px;font-size:14px}
.banner aside dl{grid-template-columns:1fr;gap:0}
.banner aside dd{font-weight:600;margin-bottom:7px}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 14px;margin:0}
dt{color:var(--soft);font-size:13px}
dd{margin:0;overflow-wrap:anywhere}
.cards{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:14px 32px}
.cards h3{margin-top:6px;border-bottom:1px solid var(--line);padding-bottom:3px}
table.data{width:100%;border-collapse:collapse;margin:6px 0 4px;font-size:14px}
table.data th{text-align:left;font-weight:600;font-size:12.5px;color:var(--soft);border-bottom:1.5px solid var(--ink);padding:4px 8px;vertical-align:bottom}
table.data td{border-bottom:1px solid var(--line);padding:7px 8px;vertical-align:top;overflow-wrap:anywhere}
table.data th:first-child,table.data td:first-child{padding-left:4px}
table.data td:first-child{overflow-wrap:break-word}
table.judged{table-layout:fixed}
table.judged col.what{width:22%}table.judged col.value{width:17%}table.judged col.limit{width:9%}table.judged col.bar{width:158px}table.judged col.verdict{width:146px}
table.checks{table-layout:fixed;font-size:13px}table.checks td{padding:3px 8px}table.checks col.id{width:26%}table.checks col.value{width:15%}table.checks col.limit{width:12%}table.checks col.verdict{width:146px}table.checks col.parts{width:auto}
td.num,th.num{text-align:right;white-space:nowrap}
.num b{font-size:15.5px;font-weight:700}
tr.bad td{background:#fdf1f3}
tr.bad td:first-child{box-shadow:inset 4px 0 0 var(--bad)}
tr.unsure td{background:#fdf8ec}
tr.unsure td:first-child{box-shadow:inset 4px 0 0 #d99a1c}
tr.bad td:first-child,tr.unsure td:first-child{padding-left:12px}
.chip{display:inline-block;border:1px solid #b5bec8;border-radius:3px;padding:0 5px;margin:2px 3px 0 0;font-size:12px;background:#fff}
.is{font-weight:700;white-space:nowrap}
.is.long{font-weight:600;white-space:normal}
.is.good{color:var(--good)}.is.bad{color:var(--bad)}.is.unsure{color:var(--unsure)}.is.none{color:var(--soft)}
.tally{display:flex;flex-wrap:wrap;gap:8px 26px;margin:14px 0 0;font-size:14.5px}
svg{display:block;max-width:100%;height:auto;font-family:inherit}
svg.faces{width:100%;margin-top:8px}
svg text{fill:var(--ink);font-size:12.5px}
svg .contact{font-weight:700;paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
svg .contact .word{font-weight:400}
svg .bad,svg .bad .word{fill:var(--bad);font-weight:700}
svg .caption{font-weight:700;font-size:14px}
svg .fine{font-weight:400;fill:var(--soft);font-size:12.5px}
svg .terminal{font-weight:700;font-size:12px;paint-order:stroke;stroke:#fff;stroke-width:3px}
svg .note{font-weight:700;font-size:13px;fill:var(--bad);paint-order:stroke;stroke:#fff;stroke-width:5px;stroke-linejoin:round}
figure{margin:14px 0 6px}
figcaption{font-weight:600;font-size:14.5px}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 20px}
svg.plot .grid{stroke:#e4e8ec;stroke-width:1;fill:none}
svg.plot .axis{stroke:#3d4852;stroke-width:1.3;fill:none}
svg.plot .limit{stroke:#c8102e;stroke-width:1.6;stroke-dasharray:10 4;fill:none}
svg.plot .limit-name{fill:#c8102e;font-weight:600;paint-order:stroke;stroke:#fff;stroke-width:4px}
svg.plot .mark{stroke:#10202f;stroke-width:1.2;stroke-dasharray:3 3;fill:none}
svg.plot .mark-head{fill:#10202f}
svg.plot .mark-name{font-weight:600;paint-order:stroke;stroke:#fff;stroke-width:4px}
svg.plot .axis-name{fill:var(--soft)}
svg.plot .tick{font-size:12px;fill:var(--soft)}
svg.plot .series-name{font-weight:600}
.sign{display:grid;grid-template-columns:1.3fr 1.6fr .8fr;gap:26px;margin-top:40px}
.sign div{border-top:1px solid var(--ink);padding-top:4px;font-size:12.5px;color:var(--soft)}
.box{display:inline-block;width:13px;height:13px;border:1.5px solid var(--ink);margin:0 6px 0 0;vertical-align:-2px}
.end{text-align:center;margin:34px 0 0;color:var(--soft);font-size:13px}
@media screen and (max-width:760px){.banner,.cards,.pair,.sign{grid-template-columns:minmax(0,1fr)}table.sheet>tbody>tr>td{padding:16px}.banner .word{font-size:36px}}
@media print{
html{background:#fff}
body{font-size:10.5px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
table.sheet{max-width:none}
table.sheet>thead{display:table-header-group;break-inside:avoid}
table.sheet>thead td{padding:0 0 8px}
table.sheet>tbody>tr>td{padding:0}
.running{display:flex;justify-content:space-between;border-bottom:1px solid var(--ink);padding-bottom:3px;font-size:10px}
.running.twin{border-bottom-width:0}
.simulated{font-size:10px;padding:3px;margin:0}
.screen{display:none}
h2{font-size:14px;margin:18px 0 6px;break-after:avoid}h3{font-size:11.5px;margin:12px 0 4px;break-after:avoid}
.banner{grid-template-columns:minmax(0,1fr) 200px}
.banner .word{font-size:34px}.banner .cause{font-size:13px}.banner .ending{font-size:11.5px}.banner aside{font-size:10.5px}
.banner,figure,tr,svg.faces,.sign,.cards>section{break-inside:avoid}
table.data{font-size:10px}table.data td{padding:4px 5px}table.data th,.fine,.fine *,dt,.chip,.banner .cause b{font-size:9px}
.num b{font-size:11px}.mono{font-size:8.5px}
table.judged col.bar{width:128px}table.judged col.verdict{width:86px}.is{white-space:normal}
svg.margin{width:112px}
figcaption,.tally{font-size:11px}
table.data thead{display:table-header-group}
.cards{gap:8px 24px}
}
`;

/** Page size is left to the printer (A4 or Letter); the margins fit both. Run id and page number stand in the margin. */
export const pageStyle = (id: string): string =>
  `@page{margin:13mm 12mm 15mm;@bottom-left{content:"${id.replace(/[^A-Za-z0-9-]/g, "")}";font:9px sans-serif;color:#52606d}@bottom-right{content:"page " counter(page) " of " counter(pages);font:9px sans-serif;color:#52606d}}`;
