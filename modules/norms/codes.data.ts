import type { DefaultNorm } from './norms.values.ts'

/** 突发事件分类与编码 as used by the national platform system: `1`, category, letter class, two-digit subclass; `00` the class itself, `99` others. */
export const codeScheme = '国家应急平台体系突发事件分类编码'

const source = '国家应急平台体系事件分类编码（12379 eventType 同源）'

/** Class letter codes with their names; each word of the list is `NN中文|english`, with `?` before what the source leaves uncertain. */
const classes: Record<string, [zh: string, en: string, subclasses: string]> = {
  '11A': ['水旱灾害', 'Flood and drought', '01洪水|flood 02内涝|waterlogging 03水库重大险情|reservoir_in_danger 04堤防重大险情|dike_in_danger 05凌汛|ice_flood ?06山洪|flash_flood 51农业干旱|farm_drought 52城镇缺水|town_water_shortage 53生态干旱|ecological_drought 54人畜饮水困难|drinking-water_shortage'],
  '11B': ['气象灾害', 'Weather disaster', '01台风|typhoon 02龙卷风|tornado 03暴雨|rainstorm 04暴雪|snowstorm 05寒潮|cold_wave 06大风|gale 07沙尘暴|sandstorm 08低温冻害|frost_damage 09高温|high_temperature 10热浪|heat_wave 11干热风|dry_hot_wind 12下击暴流|downburst 13雪崩|avalanche 14雷电|lightning 15冰雹|hail 16霜冻|frost 17大雾|dense_fog 18低空风切变|low-level_wind_shear 19霾|haze 20雷雨大风|thunderstorm_gale 21道路结冰|road_icing 22干旱|meteorological_drought'],
  '11C': ['地震灾害', 'Earthquake', '01人工地震|induced_earthquake 02天然地震|natural_earthquake'],
  '11D': ['地质灾害', 'Geological disaster', '01滑坡|landslide 02泥石流|debris_flow 03山体崩塌|rockfall 04地面塌陷|ground_collapse 05地裂缝|ground_fissure 06地面沉降|land_subsidence 07火山|volcano'],
  '11E': ['海洋灾害', 'Marine disaster', '01海啸|tsunami 02风暴潮|storm_surge 03海冰|sea_ice 04巨浪|huge_waves 05赤潮|red_tide'],
  '11F': ['生物灾害', 'Biological disaster', '01农业病害|crop_disease 02农业虫害|crop_pests 03农业草害|weeds 04农业鼠害|farm_rodents 05森林病害|forest_disease 06森林虫害|forest_pests 07森林鼠害|forest_rodents ?08转基因生物安全（一）|GMO_safety_(1) ?09转基因生物安全（二）|GMO_safety_(2) 10林业有害植物|harmful_forest_plants ?11外来有害生物（一）|invasive_species_(1) ?12外来有害生物（二）|invasive_species_(2)'],
  '11G': ['森林草原火灾', 'Forest and grassland fire', '01境内森林火灾|forest_fire 02跨境森林火灾|cross-border_forest_fire 03境外威胁境内森林火灾|forest_fire_threatening_from_abroad 04其他森林火灾|other_forest_fire 05境内草原火灾|grassland_fire 06跨境草原火灾|cross-border_grassland_fire 07境外威胁境内草原火灾|grassland_fire_threatening_from_abroad 08其他草原火灾|other_grassland_fire'],
  '11Y': ['其他自然灾害', 'Other natural disaster', ''],
  '12A': ['煤矿事故', 'Coal mine accident', '01瓦斯|gas 02顶板|roof_fall 03运输|haulage 04水害|water_inrush 05机电|machinery 06放炮|blasting 07火灾|fire'],
  '12B': ['金属与非金属矿事故', 'Metal and non-metal mine accident', '01顶板|roof_fall 02水害|water_inrush 03中毒窒息|poisoning_and_suffocation 04尾矿库垮坝|tailings_dam_failure 05火灾|fire 06机电|machinery 07运输|haulage 08放炮|blasting 09火药爆炸|explosives'],
  '12C': ['建筑业事故', 'Construction accident', ''],
  '12D': ['危险化学品事故', 'Hazardous chemical accident', '01爆炸|explosion 02泄漏|leak 03火灾|fire 04中毒窒息|poisoning_and_suffocation 05灼烫|burns'],
  '12E': ['烟花爆竹和民用爆炸物事故', 'Fireworks and civil explosives accident', ''],
  '12F': ['其他工矿商贸事故', 'Other industrial and trade accident', ''],
  '12G': ['火灾事故', 'Fire', '01一般工业建筑火灾|industrial_building_fire 02特种工业建筑火灾|special_industrial_building_fire 03一般民用建筑火灾|civil_building_fire 04高层建筑火灾|high-rise_fire 05地下建筑火灾|underground_building_fire 06公用建筑火灾|public_building_fire 07隧道火灾|tunnel_fire'],
  '12H': ['道路交通事故', 'Road traffic accident', '01翻车|rollover 02撞车|collision 03车辆坠水坠沟|fall_into_water_or_ditch 04车辆起火|vehicle_fire 05校车事故|school_bus'],
  '12J': ['水上交通事故', 'Waterway accident', ''],
  '12K': ['铁路交通事故', 'Railway accident', '01列车脱轨|derailment 02列车追尾|rear-end_collision 03列车撞车|train_collision 04列车撞人|train_hits_person 05列车火灾爆炸|train_fire_or_explosion'],
  '12L': ['城市轨道交通事故', 'Urban rail accident', ''],
  '12M': ['民用航空事故', 'Civil aviation accident', '01坠机|crash 02撞机|collision'],
  '12N': ['特种设备事故', 'Special equipment accident', '01锅炉|boiler 02压力容器|pressure_vessel 03压力管道|pressure_piping 04电梯|lift 05起重机械|crane 06客运索道|ropeway 07大型游乐设施|amusement_ride'],
  '12P': ['基础设施和公用设施事故', 'Infrastructure and utility accident', '01公路|highway 02铁路|railway 03城市轨道|urban_rail 04桥梁隧道|bridge_and_tunnel 05水运|waterway 06民航|aviation 07水利|water_works 08电力|power 09油气|oil_and_gas 10通讯|communications 11金融|finance 12城市生命线|city_lifeline 13建筑垮塌|building_collapse'],
  '12Q': ['环境污染和生态破坏事件', 'Pollution and ecological damage', '01水域污染|water_pollution 02空气污染|air_pollution 03土壤污染|soil_pollution 04溢油|oil_spill 05水源供应中断|water_source_cut'],
  '12R': ['农业机械事故', 'Farm machinery accident', ''],
  '12S': ['踩踏事件', 'Crowd crush', '01公园和活动踩踏|park_or_event_crush 02校园踩踏|school_crush'],
  '12T': ['核与辐射事故', 'Nuclear and radiation accident', '01核设施|nuclear_facility 02放射性物质运输|radioactive_transport 03放射源|radioactive_source'],
  '12U': ['能源供应中断事故', 'Energy supply interruption', ''],
  '12Y': ['其他事故灾难', 'Other accident', ''],
  '13A': ['传染病疫情', 'Infectious disease', '01鼠疫|plague 02霍乱|cholera 03肺炭疽|pulmonary_anthrax 04传染性非典型肺炎|SARS 05人感染禽流感|human_avian_influenza 06其他甲类传染病|other_class_A_disease 07其他乙类传染病|other_class_B_disease 08新发或传入传染病|new_or_imported_disease 09已消灭传染病重现|return_of_an_eliminated_disease'],
  '13B': ['食品药品安全事件', 'Food and drug safety', '01药品|drugs 02预防接种|vaccination 03食品|food 04农产品|farm_produce'],
  '13C': ['群体性中毒感染事件', 'Mass poisoning or infection', '01急性职业中毒|occupational_poisoning 02重金属中毒|heavy-metal_poisoning 03一氧化碳中毒|carbon_monoxide_poisoning'],
  '13D': ['病原微生物菌毒株事件', 'Pathogen strain incident', ''],
  '13E': ['动物疫情', 'Animal epidemic', '01高致病性禽流感|avian_influenza 02口蹄疫|foot-and-mouth_disease 03疯牛病|BSE 04猪瘟|swine_fever 05新城疫|Newcastle_disease 07布鲁氏菌病|brucellosis 09狂犬病|rabies 10炭疽|anthrax'],
  '13F': ['群体性不明原因疾病', 'Disease of unknown cause', ''],
  '13G': ['其他严重影响公众健康事件', 'Other serious public health incident', ''],
  '13Y': ['其他公共卫生事件', 'Other public health incident', ''],
  '14A': ['群体性事件', 'Mass incident', ''],
  '14B': ['刑事案件', 'Criminal case', ''],
  '14C': ['金融突发事件', 'Financial incident', ''],
  '14D': ['影响市场稳定事件', 'Market stability incident', ''],
  '14E': ['民族宗教事件', 'Ethnic and religious incident', ''],
  '14F': ['恐怖袭击事件', 'Terrorist attack', ''],
  '14G': ['涉外突发事件', 'Foreign-related incident', ''],
}

const categories: Record<string, [zh: string, en: string]> = {
  11: ['自然灾害', 'Natural disaster'],
  12: ['事故灾难', 'Accident'],
  13: ['公共卫生事件', 'Public health incident'],
  14: ['社会安全事件', 'Social security incident'],
}

const line = (code: string, zh: string, en: string, mark: 'S' | '?' = 'S'): DefaultNorm<'code'> => ({ key: `code/${code}`, value: { zh, en }, mark, source })

function subclassLine(klass: string, word: string): DefaultNorm<'code'> {
  const [name = '', en = ''] = word.split('|')
  const uncertain = name.startsWith('?')
  const plain = uncertain ? name.slice(1) : name
  return line(klass + plain.slice(0, 2), plain.slice(2), en.replaceAll('_', ' '), uncertain ? '?' : 'S')
}

/** Every class and subclass, with its `00` and `99` rows. */
export const codeNorms: DefaultNorm<'code'>[] = [
  ...Object.entries(categories).map(([code, [zh, en]]) => line(`${code}000`, zh, en)),
  ...Object.entries(classes).flatMap(([klass, [zh, en, subclasses]]) => [
    line(`${klass}00`, zh, en),
    ...subclasses.split(' ').filter(Boolean).map((word) => subclassLine(klass, word)),
    ...(klass.endsWith('Y') ? [] : [line(`${klass}99`, `其他${zh}`, `Other: ${en.toLowerCase()}`)]),
  ]),
]
