"""The demo shop's products: plain data, no logic.

Each entry becomes one product of ../products.csv. `colours` (when an option is
named Colour or Scent) gives every value its own picture, `<handle>-<value>`;
`scenes` are further pictures, `<handle>-<name>`; otherwise the one picture is
`<handle>`. `alt` is the alternative text, with {v} standing for the value. Money is in
cents, tax included; `delta` adds (price, cost, grams) for an option value;
`stock` counts the variants in the order of the options, the last turning fastest.
"""

CATEGORIES = [
    # (path, slug, description); only the six roots have a picture
    ("Kitchen", "kitchen", "Tools for the room where the day begins: brewing, simmering, slicing. Chosen to be used daily and repaired rather than replaced."),
    ("Kitchen > Coffee & Tea", "coffee-and-tea", "Kettles, drippers, grinders and the mugs to go with them."),
    ("Kitchen > Cookware", "cookware", "Cast iron, good steel and wood that gets better with age."),
    ("Home", "home", "Light, texture and the few objects you look at every day."),
    ("Home > Lighting", "lighting", "Warm, dimmable lamps for tables, corners and kitchens."),
    ("Home > Textiles", "textiles", "Linen and wool from small European mills."),
    ("Home > Decor", "decor", "Vases, clocks, candles and pots: quiet things that finish a room."),
    ("Stationery", "stationery", "Paper that takes ink well, and ink worth putting on it."),
    ("Stationery > Paper", "paper", "Notebooks and letter sets on fountain-pen-friendly stock."),
    ("Stationery > Writing", "writing", "Pens, pencils and bottled ink."),
    ("Stationery > Desk", "desk", "A place for everything that otherwise lies about."),
    ("Outdoors", "outdoors", "Gear for a night out or a week away, light enough to carry and tough enough to lend."),
    ("Outdoors > On the Trail", "on-the-trail", "Packs, bottles and what belongs in a pocket."),
    ("Outdoors > Camp", "camp", "Shelter, light and a hot drink at the end of the path."),
    ("Clothing", "clothing", "A small wardrobe of natural fibres, cut to last more than one season."),
    ("Clothing > Tops & Jackets", "tops-and-jackets", "Heavy cotton, lambswool and canvas."),
    ("Clothing > Accessories", "accessories", "Hats, socks and a bag for the market."),
    ("Books & Toys", "books-and-toys", "For long evenings: books to keep, and toys with no batteries."),
    ("Books & Toys > Books", "books", "Cookery, houses and stories to read aloud."),
    ("Books & Toys > Toys", "toys", "Beech, water-based paint and a thousand ways to play."),
]

HALDE, BRENNER, VESPER, ODA = "Halde Ceramics", "Brenner & Daughters", "Vesper Lights", "Oda Mill"
MOLE, TARN, LARK, FINCH = "Mole Paper Works", "Tarn & Tor", "Larkfield", "Finch & Fable"

SIZES = ["XS", "S", "M", "L", "XL"]

PRODUCTS = [
    # ------------------------------------------------------------------ Kitchen
    dict(
        handle="gooseneck-kettle", title="Gooseneck Pour-Over Kettle, 0.9 L", vendor=BRENNER, code="KET",
        category="Kitchen > Coffee & Tea", type="Kettle", tags="coffee, pour-over, stainless steel, gift idea, bestseller",
        price=6990, cost=3120, weight=740, options=[("Colour", ["Matt Black", "Cream", "Brushed Steel"])],
        compare={"Brushed Steel": 7990}, stock=[34, 21, 12],
        alt="Gooseneck pour-over kettle in {v} with a wooden handle",
        scenes=[("pour", "Close view of the kettle's slender spout pouring a thin stream of water")],
        body="""<p>A narrow, S-shaped spout is the whole secret of good filter coffee: it lets you put the water exactly where you want it, as slowly as you like. Ours is balanced so that the pour starts and stops without a drip.</p>
<p>The body is one piece of 18/8 stainless steel; grip and lid knob are oiled beech, so both stay cool on the hob.</p>
<ul><li>Holds 0.9 litres, enough for two large cups</li><li>Works on gas, electric, ceramic and induction hobs</li><li>Thermometer port in the lid (plug included)</li><li>Height 19 cm, weight 740 g</li></ul>
<p>Wash by hand and let it dry with the lid off.</p>""",
        seo="A balanced gooseneck kettle in 18/8 steel with a cool beech grip. 0.9 litres, for every hob including induction."),
    dict(
        handle="tide-stoneware-mug", title="Tide Stoneware Mug", vendor=HALDE, code="MUG",
        category="Kitchen > Coffee & Tea", type="Mug", tags="stoneware, handmade, dishwasher safe, bestseller",
        price=1490, cost=540, weight=320, options=[("Colour", ["Oat", "Moss", "Rust", "Ink"]), ("Size", ["250 ml", "350 ml"])],
        delta={"350 ml": (300, 90, 90)}, stock=[58, 44, 37, 29, 41, 3, 26, 18],
        alt="Stoneware mug glazed in {v} over a raw clay foot",
        scenes=[("stack", "Two stacked stoneware mugs in oat and rust beside one in moss")],
        body="""<p>Thrown in small runs and dipped by hand, so the glaze breaks at a slightly different height on every mug, like a tide line. The foot is left raw and sanded smooth.</p>
<ul><li>High-fired stoneware, 1,240&nbsp;°C</li><li>Two sizes: 250&nbsp;ml for a flat white, 350&nbsp;ml for tea</li><li>Safe in dishwasher, oven and microwave</li></ul>
<p>Small specks and variations are part of the clay, not faults.</p>""",
        seo="Hand-dipped stoneware mugs in four glazes and two sizes. Dishwasher, oven and microwave safe."),
    dict(
        handle="cone-coffee-dripper", title="Cone Coffee Dripper No. 2", vendor=HALDE, code="DRP",
        category="Kitchen > Coffee & Tea", type="Coffee Dripper", tags="coffee, pour-over, porcelain, handmade",
        price=2490, cost=910, weight=410, options=[("Colour", ["White", "Terracotta"])], stock=[40, 25],
        alt="Cone-shaped ceramic coffee dripper in {v} on a glass server",
        body="""<p>Spiral ribs hold the paper off the wall so that water leaves evenly on all sides: a clean, sweet cup without fuss. The thick porcelain keeps its heat from the first bloom to the last drop.</p>
<ul><li>For paper cones of size 02, one to four cups</li><li>Sits on mugs and servers of 7 to 10&nbsp;cm</li><li>Porcelain, dishwasher safe</li></ul>
<p>New to filter coffee? Start with 15&nbsp;g of medium-ground beans to 250&nbsp;g of water just off the boil. The glass server in the picture is not included.</p>""",
        seo="A porcelain cone dripper with spiral ribs for one to four cups of clean, sweet filter coffee. Fits 02 papers."),
    dict(
        handle="steel-burr-hand-grinder", title="Steel-Burr Hand Grinder", vendor=BRENNER, code="GRD",
        category="Kitchen > Coffee & Tea", type="Coffee Grinder", tags="coffee, grinder, travel, gift idea",
        price=7900, compare=9500, cost=3850, weight=520, stock=[16],
        alt="Slim steel hand coffee grinder with a walnut knob on its crank",
        body="""<p>Conical steel burrs on two ball bearings grind 20&nbsp;g of beans in about forty seconds, evenly enough for espresso and quietly enough for a sleeping household.</p>
<ul><li>36 clicks from espresso to French press</li><li>Holds 25&nbsp;g of beans</li><li>Body of anodised aluminium, knob of walnut</li><li>Comes apart without tools; brush and cotton bag included</li></ul>
<p>Every part can be bought singly. The burrs carry a ten-year guarantee.</p>""",
        seo="Conical steel burrs, 36 settings, walnut knob: a quiet hand grinder for espresso to French press."),
    dict(
        handle="glass-teapot", title="Glass Teapot with Strainer, 0.8 L", vendor=BRENNER, code="TPT",
        category="Kitchen > Coffee & Tea", type="Teapot", tags="tea, glass, gift idea",
        price=3490, cost=1390, weight=560, stock=[22],
        alt="Round glass teapot filled with amber tea, with a glass lid and steel strainer",
        body="""<p>Watch the leaves open and stop at exactly the colour you like. The fine steel strainer lifts out with the lid, so a second infusion is never over-drawn.</p>
<ul><li>Hand-blown borosilicate glass, safe on a tea light</li><li>Holds 0.8 litres, about four cups</li><li>Strainer of 18/8 steel, fine enough for rooibos</li><li>Drip-free spout</li></ul>
<p>Dishwasher safe. Do not pour boiling water into a pot straight from the fridge.</p>""",
        seo="Hand-blown borosilicate teapot, 0.8 litres, with a fine steel strainer and a spout that does not drip."),
    dict(
        handle="morning-blend-coffee", title="Morning Blend Coffee", vendor="E-Mart Roastery", code="COF",
        category="Kitchen > Coffee & Tea", type="Coffee", tags="coffee, organic, fresh, bestseller",
        price=990, cost=420, weight=270, options=[("Size", ["250 g", "1 kg"]), ("Grind", ["Whole Bean", "Filter", "Espresso"])],
        delta={"1 kg": (2400, 780, 760)}, stock=[120, 64, 80, 45, 22, 31],
        alt="Bag of Morning Blend coffee with a rising-sun label and scattered roasted beans",
        body="""<p>Our house coffee: washed beans from Huila for sweetness, natural Sidamo for a little fruit. Roasted to a calm medium brown every Tuesday and posted on Wednesday.</p>
<p><strong>In the cup:</strong> milk chocolate, baked apple, hazelnut.</p>
<ul><li>100&nbsp;% Arabica, certified organic</li><li>Good as filter, moka and espresso</li><li>Best between day 7 and week 8 after roasting; the date is on the bag</li></ul>""",
        seo="Organic house coffee from Huila and Sidamo: milk chocolate, baked apple, hazelnut. Whole bean or ground."),
    dict(
        handle="cast-iron-casserole", title="Enamelled Cast-Iron Casserole, 4.2 L", vendor=BRENNER, code="CAS",
        category="Kitchen > Cookware", type="Casserole", tags="cast iron, oven safe, lifetime guarantee, gift idea",
        price=12900, compare=15900, cost=6450, weight=4900, options=[("Colour", ["Brick Red", "Forest", "Cream"])], stock=[14, 9, 2],
        alt="Enamelled cast-iron casserole in {v} with lid and steel knob",
        body="""<p>Braises, beans, no-knead bread: one heavy pot does most of what a kitchen is for. The cast iron stores heat evenly, and small points under the lid let the steam rain back onto the roast.</p>
<ul><li>4.2 litres, 24&nbsp;cm across: four to six portions</li><li>Every hob including induction, oven up to 250&nbsp;°C</li><li>Pale enamel inside, so you can see the fond</li></ul>
<p>Guaranteed for life against cracks and faults in the casting.</p>""",
        seo="A 4.2-litre enamelled casserole for braises, beans and bread. All hobs, oven to 250 °C, guaranteed for life."),
    dict(
        handle="olive-wood-board", title="Olive Wood Chopping Board", vendor=BRENNER, code="BRD",
        category="Kitchen > Cookware", type="Chopping Board", tags="olive wood, handmade, serving",
        price=2990, cost=1180, weight=780, options=[("Size", ["Small, 30 cm", "Large, 42 cm"])],
        delta={"Large, 42 cm": (1500, 620, 570)}, stock=[27, 15],
        alt="Olive wood chopping board with a handle and lively grain, with bread and tomatoes",
        body="""<p>Cut from trees that no longer bear fruit, dried for two years and rubbed with linseed oil. Olive wood is dense, kind to blades and handsome enough to carry to the table.</p>
<ul><li>One solid piece, no glue joints, 2&nbsp;cm thick</li><li>Small: 30 × 16&nbsp;cm. Large: 42 × 20&nbsp;cm</li></ul>
<p>Wipe clean, dry upright, and oil it when it looks thirsty. No two boards have the same grain.</p>""",
        seo="Solid olive wood boards, oiled by hand, kind to knives and good-looking at table. Two sizes."),
    dict(
        handle="chefs-knife", title="Chef’s Knife, 20 cm", vendor=BRENNER, code="KNF",
        category="Kitchen > Cookware", type="Knife", tags="knife, forged, lifetime guarantee",
        price=8900, cost=4210, weight=215, stock=[19],
        alt="Chef's knife with a forged steel blade and a riveted walnut handle",
        body="""<p>Forged from one bar of Solingen-type X50 steel and ground thin behind the edge, so it glides through an onion and holds its bite for months.</p>
<ul><li>Blade 20&nbsp;cm, 56&nbsp;HRC, full tang</li><li>Walnut scales with three brass rivets</li><li>Balanced at the bolster, 215&nbsp;g</li></ul>
<p>Sharpened free of charge once a year: you pay the post, we pay the grinder. Sold to adults only.</p>""",
        seo="Forged chef's knife with a 20 cm blade and walnut handle. Free sharpening once a year."),
    # --------------------------------------------------------------------- Home
    dict(
        handle="opal-globe-lamp", title="Opal Globe Table Lamp", vendor=VESPER, code="OPL",
        category="Home > Lighting", type="Table Lamp", tags="lamp, dimmable, glass, bestseller",
        price=8900, cost=3990, weight=1650, options=[("Colour", ["Brass", "Black"])], stock=[18, 23],
        alt="Table lamp with a glowing opal glass globe on a {v} stem and base",
        body="""<p>A mouth-blown opal sphere on a slim stem. The glass is two layers thick, so the light comes out soft and even, with no hot spot and no visible bulb.</p>
<ul><li>Globe 20&nbsp;cm, height 38&nbsp;cm</li><li>Touch dimmer in the base with three levels and memory</li><li>E14 LED bulb included (4.5&nbsp;W, 2,700&nbsp;K), replaceable</li><li>2&nbsp;m of fabric cable, Euro plug</li></ul>""",
        seo="A mouth-blown opal glass globe with a touch dimmer: soft, even light in brass or black."),
    dict(
        handle="porcini-portable-lamp", title="Porcini Portable Lamp", vendor=VESPER, code="POR",
        category="Home > Lighting", type="Table Lamp", tags="lamp, rechargeable, outdoor, gift idea, new",
        price=5990, cost=2450, weight=690, options=[("Colour", ["Chalk", "Sage", "Tomato"])], stock=[31, 24, 6],
        alt="Mushroom-shaped portable lamp in {v}, lit from beneath its cap",
        scenes=[("dusk", "Portable mushroom lamp glowing on a table at dusk")],
        body="""<p>A small mushroom that goes where you go: bedside, balcony, a dinner in the garden. Tap the cap to switch it on, keep a finger there to dim it.</p>
<ul><li>Up to 30 hours on one charge, USB-C</li><li>Warm 2,400–2,700&nbsp;K light</li><li>Splash-proof (IP44), 21&nbsp;cm high</li><li>Powder-coated steel; battery can be changed with one screw</li></ul>""",
        seo="A rechargeable mushroom lamp for table and garden: 30 hours, USB-C, splash-proof, warm light."),
    dict(
        handle="dome-pendant-light", title="Dome Pendant Light", vendor=VESPER, code="DOM",
        category="Home > Lighting", type="Pendant Light", tags="lamp, pendant, steel",
        price=7900, cost=3360, weight=1400, options=[("Colour", ["Ochre", "Pine", "White"]), ("Diameter", ["30 cm", "45 cm"])],
        delta={"45 cm": (3000, 900, 850)}, stock=[20, 14, 17, 4, 25, 19],
        alt="Dome pendant light in {v} hanging over a table, lit from within",
        body="""<p>A spun-steel dome, matt outside and creamy white inside, that draws a calm circle of light on the table and keeps the glare out of your eyes.</p>
<ul><li>30&nbsp;cm for a counter or reading corner, 45&nbsp;cm for a dining table</li><li>E27 socket, up to 15&nbsp;W LED; bulb not included</li><li>2.5&nbsp;m fabric cable with matching ceiling cup</li></ul>
<p>Hang it 60 to 70&nbsp;cm above the table top.</p>""",
        seo="Spun-steel dome pendant in ochre, pine or white, 30 or 45 cm: a calm circle of light over the table."),
    dict(
        handle="washed-linen-cushion", title="Washed Linen Cushion", vendor=ODA, code="CUS",
        category="Home > Textiles", type="Cushion", tags="linen, washable, made in Europe",
        price=3990, cost=1620, weight=620, options=[("Colour", ["Flax", "Terracotta", "Olive", "Dusk"]), ("Size", ["45 × 45 cm", "60 × 40 cm"])],
        delta={"60 × 40 cm": (500, 150, 120)}, stock=[33, 20, 28, 12, 17, 5, 24, 16],
        alt="Square washed-linen cushion in {v} with piped edge",
        body="""<p>Heavy Belgian flax, washed with stones until it feels as if it had always been yours. Piped edges keep the shape; a hidden zip keeps the line clean.</p>
<ul><li>Cover: 100&nbsp;% linen, 240&nbsp;g/m²</li><li>Filling: recycled feather and down, included</li><li>Cover washes at 40&nbsp;°C; no ironing needed</li></ul>""",
        seo="Stone-washed Belgian linen cushions with feather filling, in four earthy colours and two sizes."),
    dict(
        handle="herringbone-wool-throw", title="Herringbone Wool Throw", vendor=ODA, code="THR",
        category="Home > Textiles", type="Throw", tags="wool, made in Europe, gift idea",
        price=9900, compare=11900, cost=4700, weight=1100, options=[("Colour", ["Oatmeal", "Fjord", "Rust"])], stock=[15, 11, 8],
        alt="Folded herringbone wool throw in {v} with fringed ends",
        body="""<p>Woven from new wool in a mill that has used the same looms since 1957. The herringbone is fine enough to look plain from across the room and rich up close.</p>
<ul><li>100&nbsp;% new wool, mulesing-free</li><li>130 × 190&nbsp;cm with twisted fringe</li><li>Airs clean: hang it out on a damp day</li></ul>""",
        seo="A fine herringbone throw of new wool, 130 × 190 cm, woven on 1957 looms in three colours."),
    dict(
        handle="amber-jar-candle", title="Amber Jar Soy Candle", vendor="Wick & Co.", code="CAN",
        category="Home > Decor", type="Candle", tags="candle, soy, vegan, gift idea, bestseller",
        price=2490, cost=830, weight=420, options=[("Scent", ["Fig Leaf", "Cedar & Smoke", "Orange Blossom"])], stock=[48, 39, 27],
        alt="Lit soy candle in an amber glass jar, scent {v}",
        body="""<p>Slow-burning soy wax with a cotton wick, poured by hand into jars that are too good to throw away afterwards.</p>
<ul><li><strong>Fig Leaf</strong>: green, milky, a little pepper</li><li><strong>Cedar &amp; Smoke</strong>: dry wood, leather, a fire two gardens away</li><li><strong>Orange Blossom</strong>: bright neroli, honey, warm stone</li></ul>
<p>220&nbsp;g, about 45 hours. Let the first burn reach the edge of the glass, and keep the wick short.</p>""",
        seo="Hand-poured soy candles in amber glass, 45 hours: Fig Leaf, Cedar & Smoke or Orange Blossom."),
    dict(
        handle="ridge-vase", title="Ridge Vase", vendor=HALDE, code="VAS",
        category="Home > Decor", type="Vase", tags="stoneware, handmade, new",
        price=4200, cost=1690, weight=1150, options=[("Colour", ["Bone", "Clay", "Ink"])], stock=[13, 16, 7],
        alt="Ridged stoneware vase in {v} holding dried stems",
        body="""<p>The ridges are drawn with one finger while the wheel turns, from the foot to the neck in a single breath. They catch the light all day long.</p>
<ul><li>Stoneware, matt glaze outside, glossy and watertight inside</li><li>Height 26&nbsp;cm, neck 5&nbsp;cm: for a branch, five tulips or nothing at all</li></ul>
<p>Dried stems not included. Felt pads in the box.</p>""",
        seo="A finger-ridged stoneware vase, 26 cm high, in bone, clay or ink. Watertight and thrown by hand."),
    dict(
        handle="quiet-wall-clock", title="Quiet Wall Clock", vendor=VESPER, code="CLK",
        category="Home > Decor", type="Clock", tags="clock, silent, oak",
        price=4990, cost=2080, weight=880, options=[("Colour", ["Oak", "Black"])], stock=[21, 17],
        alt="Round wall clock with a plain white face and {v} rim",
        body="""<p>A clock you can read from the other end of the room and cannot hear from the next chair: the movement sweeps instead of ticking.</p>
<ul><li>28&nbsp;cm across, real glass, no branding on the face</li><li>Rim of solid oak or black-stained ash</li><li>One AA battery lasts about a year (not included)</li></ul>""",
        seo="A silent sweep-movement wall clock, 28 cm, with a rim of oak or black ash. Easy to read, never heard."),
    dict(
        handle="terracotta-plant-pot", title="Plant Pot with Saucer", vendor=HALDE, code="POT",
        category="Home > Decor", type="Plant Pot", tags="terracotta, plants, handmade",
        price=1490, cost=480, weight=700, options=[("Colour", ["Terracotta", "Chalk", "Slate"]), ("Size", ["12 cm", "16 cm", "20 cm"])],
        delta={"16 cm": (700, 260, 650), "20 cm": (1500, 620, 1500)}, stock=[60, 48, 22, 35, 30, 12, 28, 19, 4],
        alt="{v} plant pot on a saucer with a leafy green plant",
        body="""<p>Breathing clay keeps roots healthy: it takes up the water you gave too much of and gives it back slowly. The saucer is glazed on top, so the window sill stays dry.</p>
<ul><li>Drainage hole and matching saucer</li><li>Frost-proof down to −10&nbsp;°C</li><li>Diameters measured inside the rim</li></ul>
<p>The plant has its own life and is not included.</p>""",
        seo="Breathing clay pots with matching saucers in three colours and three sizes. Frost-proof to −10 °C."),
    # --------------------------------------------------------------- Stationery
    dict(
        handle="clothbound-notebook", title="Clothbound Notebook A5", vendor=MOLE, code="NTB",
        category="Stationery > Paper", type="Notebook", tags="notebook, fountain pen friendly, bestseller",
        price=1690, cost=610, weight=340, options=[("Colour", ["Marine", "Mustard", "Rose", "Forest"]), ("Ruling", ["Dotted", "Lined", "Plain"])],
        stock=[70, 52, 31, 40, 36, 18, 25, 22, 9, 33, 27, 14],
        alt="Clothbound A5 notebook in {v} with a ribbon and elastic band",
        scenes=[("open", "Open notebook with dotted pages and a pen lying across it")],
        body="""<p>Opens flat from the first page to the last because it is sewn, not glued. The 100&nbsp;g paper takes fountain-pen ink without feathering and hardly any of it shows through.</p>
<ul><li>192 numbered pages, three blank ones for an index</li><li>Book cloth over board, two ribbons, elastic, back pocket</li><li>Dotted (5&nbsp;mm), lined (7&nbsp;mm) or plain</li></ul>""",
        seo="A sewn A5 notebook in book cloth with 192 numbered pages of fountain-pen paper. Dotted, lined or plain."),
    dict(
        handle="letter-set", title="Letter Set, 10 Cards and Envelopes", vendor=MOLE, code="LTR",
        category="Stationery > Paper", type="Letter Set", tags="letters, cotton paper, gift idea",
        price=1490, cost=520, weight=230, stock=[44],
        alt="Deckle-edged cards with lined envelopes and a wax seal",
        body="""<p>Some things should arrive by post. Ten heavy cards with a soft deckle edge, ten envelopes with a patterned lining, and enough space for four honest sentences.</p>
<ul><li>Cards 15 × 10.5&nbsp;cm, 300&nbsp;g cotton paper</li><li>Envelopes gummed, lined with printed tissue</li><li>Made from the offcuts of a shirt factory</li></ul>""",
        seo="Ten deckle-edged cotton cards with lined envelopes, made from shirt-factory offcuts."),
    dict(
        handle="resin-fountain-pen", title="Resin Fountain Pen", vendor=MOLE, code="PEN",
        category="Stationery > Writing", type="Fountain Pen", tags="pen, fountain pen, gift idea",
        price=4600, cost=1890, weight=120, options=[("Colour", ["Midnight", "Amber"]), ("Nib", ["Fine", "Medium"])], stock=[18, 22, 11, 13],
        alt="Fountain pen in {v} resin with gold trim, cap beside it",
        body="""<p>Turned from a rod of cast resin with depth you can look into. Light in the hand, well balanced without the cap, and ready after weeks in a drawer.</p>
<ul><li>Steel nib, gold-plated, fine or medium</li><li>Takes standard cartridges and the enclosed converter</li><li>13.8&nbsp;cm closed, 18&nbsp;g</li></ul>
<p>Arrives in a tin with one blue cartridge, so you can write the thank-you note right away.</p>""",
        seo="A light resin fountain pen with a smooth steel nib in fine or medium. Converter and tin included."),
    dict(
        handle="bottled-ink", title="Bottled Ink, 50 ml", vendor=MOLE, code="INK",
        category="Stationery > Writing", type="Ink", tags="ink, fountain pen friendly",
        price=1290, cost=390, weight=190, options=[("Colour", ["Petrol", "Burgundy", "Olive"])], stock=[55, 41, 30],
        alt="Glass bottle of {v} ink with a brushstroke swatch",
        body="""<p>Three shading inks that look like one colour when you write fast and like two when you take your time. Kind to pens and quick to rinse out.</p>
<ul><li>50&nbsp;ml in a heavy glass bottle with a filling well</li><li>Dye-based, water-soluble, pH-neutral</li><li>Dry in about fifteen seconds</li></ul>""",
        seo="Shading fountain-pen inks in petrol, burgundy and olive. 50 ml, pH-neutral, easy to rinse."),
    dict(
        handle="colour-pencils", title="Colour Pencils, Set of 12", vendor=MOLE, code="CPN",
        category="Stationery > Writing", type="Pencils", tags="drawing, kids, cedar",
        price=1890, cost=690, weight=160, stock=[38],
        alt="Twelve colour pencils in a fan from red to violet, in a tin",
        body="""<p>Soft, richly pigmented leads in incense cedar that sharpens to a long clean point. Twelve colours chosen so that any two of them mix to something pleasant.</p>
<ul><li>4&nbsp;mm leads, light-fast and break-resistant</li><li>Natural oiled wood, no lacquer</li><li>In a flat tin with a sharpener</li></ul>""",
        seo="Twelve soft, light-fast colour pencils in oiled cedar, with tin and sharpener."),
    dict(
        handle="oak-desk-organiser", title="Oak Desk Organiser", vendor=MOLE, code="ORG",
        category="Stationery > Desk", type="Desk Organiser", tags="oak, desk, handmade",
        price=5490, compare=6490, cost=2430, weight=1300, stock=[12],
        alt="Oak desk organiser holding pencils, scissors, a ruler and cards",
        body="""<p>One block of oak with a slot for the phone, a well for pens, a groove for cards and a tray for what your pockets hold in the evening.</p>
<ul><li>26 × 12 × 9&nbsp;cm, solid oak, hard-wax oil</li><li>Phone slot is wide enough for a case and lets the cable through</li><li>Cork feet</li></ul>
<p>Shown with tools that are not included.</p>""",
        seo="A solid oak organiser with a phone slot, pen well and tray. 26 × 12 × 9 cm, finished with hard-wax oil."),
    # ----------------------------------------------------------------- Outdoors
    dict(
        handle="rolltop-backpack", title="Rolltop Backpack, 22 L", vendor=TARN, code="BPK",
        category="Outdoors > On the Trail", type="Backpack", tags="bag, waterproof, recycled, bestseller",
        price=11900, cost=5200, weight=940, options=[("Colour", ["Ochre", "Spruce", "Black"])], stock=[19, 26, 33],
        alt="Rolltop backpack in {v} with leather straps and a front pocket",
        body="""<p>Commuter on Monday, carry-on on Friday, day pack on Sunday. The rolltop grows from 18 to 25 litres, and the waxed cloth shrugs off a proper downpour.</p>
<ul><li>Recycled-cotton canvas with a dry wax finish</li><li>Padded sleeve for a 15-inch laptop, reached from the side</li><li>Vegetable-tanned leather closures, steel hooks</li><li>44 × 29 × 14&nbsp;cm, 940&nbsp;g</li></ul>
<p>Frayed something? Send it in: repairs are free for the first five years.</p>""",
        seo="A waxed-canvas rolltop backpack, 18–25 litres, with laptop sleeve and free repairs for five years."),
    dict(
        handle="insulated-bottle", title="Insulated Bottle", vendor=TARN, code="BTL",
        category="Outdoors > On the Trail", type="Bottle", tags="bottle, stainless steel, bpa free, bestseller",
        price=2790, cost=1040, weight=330, options=[("Colour", ["Sand", "Ocean", "Coral", "Black"]), ("Size", ["500 ml", "750 ml"])],
        delta={"750 ml": (500, 190, 70)}, stock=[45, 38, 52, 29, 26, 2, 40, 33],
        alt="Insulated steel bottle in {v} with a bamboo lid and carry loop",
        body="""<p>Tea at the summit, cold water on the way down: a double wall with vacuum keeps drinks hot for 12 hours and cold for 24.</p>
<ul><li>18/8 steel, free of BPA, tastes of nothing</li><li>Bamboo lid with carry loop, tight upside down</li><li>Powder coat that grips when wet</li><li>Fits bicycle cages and cup holders (500&nbsp;ml)</li></ul>""",
        seo="A vacuum-insulated steel bottle with bamboo lid: 12 hours hot, 24 hours cold. 500 or 750 ml."),
    dict(
        handle="brass-pocket-compass", title="Brass Pocket Compass", vendor=TARN, code="CMP",
        category="Outdoors > On the Trail", type="Compass", tags="navigation, brass, gift idea",
        price=3490, cost=1450, weight=110, stock=[17],
        alt="Open brass pocket compass with a compass rose and hinged lid",
        body="""<p>It needs no battery and no signal, and it has never lost a satellite. The needle is damped in liquid and settles in three seconds.</p>
<ul><li>Solid brass with a hinged lid, 50&nbsp;mm</li><li>Sapphire bearing, 2° divisions, luminous points</li><li>Lanyard and a small guide to bearings included</li></ul>
<p>The brass darkens with handling. Polish it or let it be.</p>""",
        seo="A liquid-damped brass pocket compass with hinged lid, luminous points and a short guide to bearings."),
    dict(
        handle="trail-tent", title="Two-Person Trail Tent", vendor=TARN, code="TNT",
        category="Outdoors > Camp", type="Tent", tags="tent, lightweight, waterproof",
        price=24900, compare=29900, cost=12900, weight=2150, stock=[8],
        alt="Two-person tent with an open door, glowing warmly among hills at dusk",
        body="""<p>Pitches in four minutes with two colour-coded poles, inner and fly together, so the bed stays dry even when you arrive in the rain. Two porches mean nobody climbs over anybody.</p>
<ul><li>2.15&nbsp;kg with everything, packs to 44 × 15&nbsp;cm</li><li>Fly 3,000&nbsp;mm, floor 5,000&nbsp;mm water column, PFC-free</li><li>Inner 215 × 130 × 105&nbsp;cm</li><li>Repair kit and one spare pole segment in the bag</li></ul>""",
        seo="A 2.15 kg tent for two with two porches, up in four minutes, dry inside even when pitched in the rain."),
    dict(
        handle="camp-lantern", title="Rechargeable Camp Lantern", vendor=TARN, code="LAN",
        category="Outdoors > Camp", type="Lantern", tags="lamp, rechargeable, outdoor",
        price=4990, cost=2110, weight=480, options=[("Colour", ["Olive", "Red"])], stock=[23, 15],
        alt="Camp lantern in {v} with a wire handle and a warm glowing glass",
        body="""<p>The shape of a storm lantern, the manners of a bedside lamp. A brass wheel takes it from full light to a glow by which you can still see the stars.</p>
<ul><li>5 to 350 lumens, 2,200&nbsp;K candle light</li><li>90 hours at low, 5 hours at full, USB-C; charges your phone too</li><li>IP54, survives a fall from a table</li></ul>""",
        seo="A dimmable storm-lantern-style camp light: 5–350 lumens, up to 90 hours, USB-C and power bank."),
    dict(
        handle="enamel-camp-mug", title="Enamel Camp Mug, 350 ml", vendor=TARN, code="EML",
        category="Outdoors > Camp", type="Mug", tags="enamel, camping, dishwasher safe",
        price=1190, cost=410, weight=150, options=[("Colour", ["White", "Blue"])], stock=[64, 47],
        alt="{v} enamel camp mug with a dark rim, beside pine branches",
        body="""<p>Straight onto the embers, into the rucksack and through the dishwasher. Two coats of enamel on pressed steel, with a rolled rim that stays cool to the lip.</p>
<ul><li>350&nbsp;ml, 8&nbsp;cm high, stackable</li><li>For fire, gas and induction; not for the microwave</li></ul>
<p>A chip or two comes with the territory and does no harm.</p>""",
        seo="A two-coat enamel mug for campfire and kitchen, 350 ml, light and stackable, in white or blue."),
    # ----------------------------------------------------------------- Clothing
    dict(
        handle="organic-heavy-tee", title="Heavyweight Organic T-Shirt", vendor=LARK, code="TEE",
        category="Clothing > Tops & Jackets", type="T-Shirt", tags="organic cotton, unisex, bestseller",
        price=2990, cost=1080, weight=240, options=[("Colour", ["White", "Ink", "Sage", "Clay"]), ("Size", SIZES)],
        stock=[22, 41, 56, 48, 19, 25, 38, 60, 44, 0, 14, 30, 33, 27, 11, 9, 24, 29, 3, 8],
        alt="Heavyweight crew-neck T-shirt in {v}, laid flat",
        body="""<p>The T-shirt we could not find: thick enough to hang straight, soft enough to sleep in, and the same shape after fifty washes because it is knitted tight and pre-shrunk.</p>
<ul><li>100&nbsp;% organic cotton, 240&nbsp;g/m², GOTS certified</li><li>Taped shoulders, double-stitched hem, ribbed collar that lies flat</li><li>Unisex; for a closer fit take one size down</li></ul>
<p>Knitted, dyed and sewn in northern Portugal. Wash at 30&nbsp;°C.</p>""",
        seo="A 240 g organic cotton T-shirt that keeps its shape: pre-shrunk, unisex, made in Portugal."),
    dict(
        handle="lambswool-crew-jumper", title="Lambswool Crew Jumper", vendor=LARK, code="JMP",
        category="Clothing > Tops & Jackets", type="Jumper", tags="wool, unisex, made in Europe",
        price=8900, cost=3950, weight=480, options=[("Colour", ["Oat", "Navy", "Rust"]), ("Size", ["S", "M", "L", "XL"])],
        stock=[12, 21, 18, 7, 14, 23, 19, 10, 6, 11, 4, 5],
        alt="Ribbed-hem lambswool jumper in {v}, laid flat",
        body="""<p>Spun from first-shear lambswool and fully fashioned, which means every panel is knitted to shape and linked by hand: no bulky seams, nothing to unravel.</p>
<ul><li>100&nbsp;% lambswool, two-ply</li><li>Ribbed neck, cuffs and hem</li><li>Comes with a skein of yarn for mending</li></ul>
<p>Air it often, wash it seldom: wool cycle, cold, dried flat.</p>""",
        seo="A fully fashioned two-ply lambswool jumper, hand-linked, with mending yarn. Oat, navy or rust."),
    dict(
        handle="canvas-chore-jacket", title="Canvas Chore Jacket", vendor=LARK, code="JKT",
        category="Clothing > Tops & Jackets", type="Jacket", tags="cotton, workwear, unisex, new",
        price=12900, cost=5700, weight=860, options=[("Colour", ["Indigo", "Sand"]), ("Size", ["S", "M", "L", "XL"]), ("Length", ["Regular", "Long"])],
        delta={"Long": (1000, 300, 70)}, stock=[8, 5, 14, 9, 12, 7, 6, 3, 7, 4, 11, 8, 10, 6, 5, 0],
        alt="Canvas chore jacket in {v} with three patch pockets and horn buttons",
        body="""<p>The French worker's jacket with nothing added: three patch pockets, five buttons, room for a jumper underneath. The canvas starts firm and softens to you.</p>
<ul><li>100&nbsp;% cotton canvas, 380&nbsp;g/m²</li><li>Triple-stitched seams, inside pocket, corozo buttons</li><li>Regular length to the hip; Long adds 8&nbsp;cm</li></ul>
<p>Unisex. Dark indigo gives off a little colour at first; wash it apart twice.</p>""",
        seo="A three-pocket chore jacket in 380 g cotton canvas with corozo buttons, in regular or long cut."),
    dict(
        handle="ribbed-merino-beanie", title="Ribbed Merino Beanie", vendor=LARK, code="BNI",
        category="Clothing > Accessories", type="Beanie", tags="merino, wool, unisex, gift idea",
        price=2790, cost=1010, weight=80, options=[("Colour", ["Mustard", "Navy", "Stone", "Berry"])], stock=[36, 42, 28, 13],
        alt="Ribbed merino beanie in {v} with a turned-up cuff",
        body="""<p>Soft enough for people who say they cannot wear wool. A deep fisherman's rib stretches to any head and springs back every time.</p>
<ul><li>100&nbsp;% extra-fine merino, 19.5 micron</li><li>Turn the cuff once for a beanie, twice for a docker</li><li>One size, knitted without a seam</li></ul>""",
        seo="A seamless fisherman's-rib beanie in extra-fine merino, soft and stretchy, in four colours."),
    dict(
        handle="market-tote", title="Market Tote Bag", vendor=LARK, code="TOT",
        category="Clothing > Accessories", type="Tote Bag", tags="bag, organic cotton, made in Europe",
        price=2290, cost=760, weight=310, options=[("Colour", ["Natural", "Marigold", "Black"])], stock=[51, 34, 45],
        alt="Canvas market tote in {v} with long handles",
        scenes=[("market", "Natural market tote filled with leeks, bread and oranges")],
        body="""<p>Carries twelve kilos of potatoes without a murmur and looks fine at the theatre. The handles are long enough for a winter coat and sewn in a cross where it counts.</p>
<ul><li>400&nbsp;g organic cotton canvas</li><li>Flat base, inside pocket with a key loop</li><li>38 × 42 × 12&nbsp;cm, washes at 30&nbsp;°C</li></ul>""",
        seo="A 400 g organic canvas tote with a flat base, long handles and inside pocket. Made for the market."),
    dict(
        handle="striped-wool-socks", title="Striped Wool Socks", vendor=LARK, code="SOC",
        category="Clothing > Accessories", type="Socks", tags="wool, unisex, gift idea",
        price=1490, cost=520, weight=90, options=[("Colour", ["Forest", "Rust"]), ("Size", ["36–40", "41–45"])], stock=[38, 46, 29, 2],
        alt="Pair of striped wool socks in {v} with contrast heel and toe",
        body="""<p>Thick where boots rub and fine where they do not. Wool keeps feet warm even when they are wet, and a little nylon keeps the heels whole.</p>
<ul><li>70&nbsp;% wool, 28&nbsp;% polyamide, 2&nbsp;% elastane</li><li>Terry sole, hand-linked flat toe</li><li>Wash at 40&nbsp;°C, inside out</li></ul>""",
        seo="Striped wool socks with terry sole and hand-linked toe, in forest or rust, sizes 36–45."),
    # ------------------------------------------------------------- Books & Toys
    dict(
        handle="a-year-of-soup", title="A Year of Soup", vendor="Lantern Press", code="BSO",
        category="Books & Toys > Books", type="Book", tags="cookery, vegetarian, gift idea",
        price=2990, cost=1350, weight=980, options=[("Format", ["Hardcover", "Paperback"])],
        delta={"Paperback": (-1000, -450, -280)}, stock=[26, 48],
        alt="Cookery book with an illustrated bowl of soup on its cover",
        body="""<p>Fifty-two soups, one for each week, from a clear broth in January to roasted squash in November. <em>Ines Hallberg</em> writes the way a good neighbour cooks: generous, exact, never in a hurry.</p>
<ul><li>240 pages, 60 drawings</li><li>Forty recipes are vegetarian, and all of them scale up</li><li>Thread-sewn, so it stays open beside the stove</li></ul>
<p>“The one book that lives on my counter.” <em>The Larder Review</em></p>""",
        seo="Fifty-two seasonal soups by Ines Hallberg, generous and exact, in hardcover or paperback."),
    dict(
        handle="small-rooms-good-light", title="Small Rooms, Good Light", vendor="Lantern Press", code="BSR",
        category="Books & Toys > Books", type="Book", tags="interiors, architecture, gift idea",
        price=3600, cost=1620, weight=1250, stock=[14],
        alt="Art book with an arched window and a slanting patch of light on its cover",
        body="""<p>Twenty-four homes under 60&nbsp;m² that feel larger than they are, with floor plans, sections and the one decision that made each of them work. Text by <em>Tomas Verheij</em>.</p>
<ul><li>288 pages, 24 × 30&nbsp;cm, clothbound</li><li>Plans to scale, sources for every lamp</li></ul>
<p>For anyone who rents, renovates or simply likes to look through other people's windows.</p>""",
        seo="Twenty-four small homes and the one idea that made each work. Clothbound, 288 pages, plans to scale."),
    dict(
        handle="the-night-ferry", title="The Night Ferry", vendor=FINCH, code="BNF",
        category="Books & Toys > Books", type="Picture Book", tags="kids, picture book, bedtime",
        price=1690, cost=680, weight=420, stock=[33],
        alt="Picture book with a small ferry sailing under a full moon on its cover",
        body="""<p>When the last passenger has gone ashore, the little ferry makes one more crossing: for the owls, the fox with a parcel, and a moth who has never seen the other side. Written and painted by <em>Maja Orlov</em>.</p>
<ul><li>40 pages, hardcover, from 3 years</li><li>Printed with vegetable inks, rounded corners</li><li>Takes exactly one bedtime</li></ul>""",
        seo="A picture book for bedtime: a little ferry's last crossing under the moon. From 3 years."),
    dict(
        handle="wooden-stacking-rainbow", title="Wooden Stacking Rainbow", vendor=FINCH, code="RBW",
        category="Books & Toys > Toys", type="Wooden Toy", tags="kids, wooden, open play, bestseller",
        price=3990, cost=1580, weight=950, stock=[0],
        alt="Wooden stacking rainbow of seven painted arches",
        body="""<p>A rainbow today, a bridge tomorrow, then a cave, a cradle, a fence for cows. Seven arches, sawn from one block of lime wood so that they nest with a soft clack.</p>
<ul><li>26 × 13 × 7&nbsp;cm, lime wood</li><li>Water-based stain, safe for mouths (EN&nbsp;71)</li><li>From 12 months</li></ul>
<p>Made in batches of two hundred. The next one is on the bench.</p>""",
        seo="Seven nesting arches from one block of lime wood, stained with safe colours. From 12 months."),
    dict(
        handle="pull-along-train", title="Wooden Pull-Along Train", vendor=FINCH, code="TRN",
        category="Books & Toys > Toys", type="Wooden Toy", tags="kids, wooden, gift idea, new",
        price=3490, cost=1410, weight=870, stock=[20],
        alt="Painted wooden train with a locomotive and two wagons carrying blocks",
        body="""<p>An engine, two wagons, six blocks, and a chimney that goes up and down when the wheels turn. The couplings are wooden pegs, so it can be re-arranged by small hands.</p>
<ul><li>Solid beech, 46&nbsp;cm long altogether</li><li>Rubber tyres that spare the floor</li><li>Cotton cord of a safe length, from 18 months (EN&nbsp;71)</li></ul>""",
        seo="A beech pull-along train with two wagons, blocks and a bobbing chimney. From 18 months."),
    dict(
        handle="harbour-jigsaw", title="Jigsaw: Harbour at Dusk, 500 Pieces", vendor=FINCH, code="JIG",
        category="Books & Toys > Toys", type="Jigsaw", tags="puzzle, family, recycled",
        price=2190, cost=820, weight=610, stock=[29],
        alt="Nearly finished jigsaw of a harbour at dusk with a few loose pieces",
        body="""<p>Five hundred pieces, two evenings, one pot of tea. The harbour is drawn with enough windows, ropes and gulls to keep three people busy without bumping heads.</p>
<ul><li>48 × 34&nbsp;cm when finished, poster of the picture included</li><li>Thick recycled board, linen finish, almost no dust</li><li>Lost a piece? Write to us: we keep spares</li></ul>""",
        seo="A 500-piece jigsaw of a harbour at dusk on thick recycled board, with poster and spare-piece service."),
]
