/** The words of a round's code: the list of `ballot-box`, where each word stands at its byte. */
export const WORDS: readonly string[] = `
acorn almond alpine anchor apricot armchair artist atlas avocado backpack badger bakery balcony balloon bamboo
barley basket beacon beetroot bicycle blackbird blossom bluebell bookcase bookmark boulder bracelet bracken
breeze bridge bugle bulldozer butterfly button cabbage cactus calendar camera candle canvas canyon caravan
cardigan carrot celery chestnut chimney cinema clipboard clover coffee compass copper coral cornfield cottage
cricket cucumber curtain cushion daffodil dandelion daylight denim diamond dolphin domino doorbell doorway
dragonfly driftwood drizzle easel echo eclipse elephant envelope evergreen farmhouse feather fennel fiddle
flagpole flamingo flowerpot forest forklift fountain galaxy garden garland garlic gateway gazebo giraffe
glacier glider goldfish gondola granite grape guitar hammock harbour harmonica harvest haystack hedgehog
hillside honey horizon houseboat iceberg indigo island jelly jigsaw jumper kettle keyboard kitchen kiwi koala
ladybird lagoon landscape lantern lavender lentil lettuce library lilac limestone linen lobster locket magnet
mailbox mango maple marigold marmalade meadow mint mirror mitten monsoon moonlight mosaic mudguard mulberry
museum mustard napkin nectar newspaper noodle notebook nutmeg oatmeal ocean omelette onion orange orbit
orchard otter pancake panda papaya paper parcel pasture peacock pebble petal piano picnic pineapple pinecone
planet postcard primrose printer propeller pudding puffin pumpkin puzzle pyramid rabbit radio rainbow raincoat
ribbon river rooftop rucksack saffron sailboat sandwich sapling sardine saucepan saucer scooter seagull
seashell shoelace skylark snowdrop snowman sofa sparrow spinach sponge spoon spruce squirrel stapler starfish
stencil sugar suitcase sundial sunshine sweater teacup teapot thimble timber tomato toolbox topaz tractor
trumpet tugboat tulip turtle umbrella velvet village volcano waffle walnut wardrobe weekend wheel whistle
windmill window wizard woodland workshop yellow zigzag
`
  .trim()
  .split(/\s+/);
